# family: monkeypatching
# expect: runtime_error|memory_limit|time_limit
# levels: namespaces process
# after: nothing
# note: raises the recursion limit and recurses until something breaks

import sys

sys.setrecursionlimit(10**9)


def merge(a, b):
    return merge(a, b)
