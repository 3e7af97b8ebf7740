# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a class with operators

import functools


@functools.total_ordering
class Number:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


def merge(a, b):
    return [x.n for x in sorted(map(Number, a + b))]
