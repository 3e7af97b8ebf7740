# family: memory
# expect: memory_limit|runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: recursion that holds memory

import sys

sys.setrecursionlimit(10**8)


def merge(a, b):
    held = [0] * 10000
    return merge(a, b) + held
