# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a list of its own class

class Numbers(list):
    pass


def merge(a, b):
    return Numbers(sorted(a + b))
