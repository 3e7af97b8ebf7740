# family: source_bombs
# expect: wrong_answer|memory_limit|time_limit|output_limit
# levels: namespaces process
# after: nothing
# note: half a million different constants
# generate: 'x = [' + ','.join(str(n) for n in range(500000)) + ']\ndef merge(a, b):\n    return x'
