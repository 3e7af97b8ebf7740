# family: source_bombs
# expect: syntax_error|memory_limit|runtime_error
# levels: namespaces process
# after: nothing
# note: an f-string nested deep
# generate: 'x = ' + 'f"{' * 500 + '1' + '}"' * 500
