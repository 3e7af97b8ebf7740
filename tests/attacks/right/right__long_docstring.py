# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a docstring of a hundred kilobytes
# generate: 'def merge(a, b):\n    """' + 'text ' * 20000 + '"""\n    return sorted(a + b)\n'
