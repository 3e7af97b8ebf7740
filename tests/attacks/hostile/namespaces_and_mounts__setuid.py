# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: becomes the first user

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.setuid(0)
    return sorted(a + b)
