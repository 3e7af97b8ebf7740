# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: joins a namespace

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.setns(3, 0)
    return sorted(a + b)
