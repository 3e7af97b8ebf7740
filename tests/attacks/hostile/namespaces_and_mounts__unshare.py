# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: makes a user namespace

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.unshare(0x10000000)
    return sorted(a + b)
