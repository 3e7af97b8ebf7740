# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a chain of both

import itertools


def merge(a, b):
    return sorted(itertools.chain(a, b))
