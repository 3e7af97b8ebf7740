# family: source_bombs
# expect: syntax_error
# levels: namespaces process
# after: nothing
# note: half a character
# generate: "x = '\ud800'\n"
