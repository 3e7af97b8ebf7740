# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: the plain answer

def merge(a, b):
    return sorted(a + b)
