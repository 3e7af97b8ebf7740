# family: source_bombs
# expect: syntax_error
# levels: namespaces process
# after: nothing
# note: a null byte
# generate: 'def merge(a, b):\n    return sorted(a + b)\n\0'
