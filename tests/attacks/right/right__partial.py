# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a partial function

import functools


def work(key, a, b):
    return sorted(a + b, key=key)


merge = functools.partial(work, None)
