# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: changes its arguments

def merge(a, b):
    a.extend(b)
    b.clear()
    a.sort()
    return a
