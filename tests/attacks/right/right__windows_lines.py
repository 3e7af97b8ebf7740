# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: line ends of another system
# generate: 'def merge(a, b):\r\n    return sorted(a + b)\r\n'
