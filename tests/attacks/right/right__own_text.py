# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: evaluates text of its own

exec('def work(a, b):\n    return sorted(a + b)')


def merge(a, b):
    return eval('work(a, b)')
