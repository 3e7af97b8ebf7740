# family: source_bombs
# expect: syntax_error|memory_limit|runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: a sum of two hundred thousand terms
# generate: 'x = ' + '+'.join(['1'] * 200000)
