# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a cache over tuples

from functools import lru_cache


@lru_cache(maxsize=None)
def work(a, b):
    return sorted(a + b)


def merge(a, b):
    return list(work(tuple(a), tuple(b)))
