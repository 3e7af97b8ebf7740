# family: source_bombs
# expect: syntax_error
# levels: namespaces process
# after: nothing
# note: parentheses nested deep
# generate: 'x = ' + '(' * 20000 + ')' * 20000
