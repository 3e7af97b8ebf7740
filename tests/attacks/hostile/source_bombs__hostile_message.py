# family: source_bombs
# expect: syntax_error
# levels: namespaces process
# after: nothing
# note: a syntax error with escape sequences in its text
# generate: 'x = \x1b[2J\x1b]0;owned\x07 (\n'
