# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: inserts one by one

import bisect


def merge(a, b):
    for item in b:
        bisect.insort(a, item)
    return a
