# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: raises the recursion limit

import sys

sys.setrecursionlimit(5000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def merge(a, b):
    assert down(2500) == 2500
    return sorted(a + b)
