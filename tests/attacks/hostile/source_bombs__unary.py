# family: source_bombs
# expect: syntax_error|memory_limit|runtime_error
# levels: namespaces process
# after: nothing
# note: a hundred thousand minus signs
# generate: 'x = ' + '-' * 100000 + '1'
