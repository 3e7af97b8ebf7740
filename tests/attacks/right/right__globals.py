# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: state between calls

seen = []


def merge(a, b):
    global seen
    seen = seen + [len(a)]
    return sorted(a + b)
