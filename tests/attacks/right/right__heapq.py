# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: the library's merge

import heapq


def merge(a, b):
    return list(heapq.merge(a, b))
