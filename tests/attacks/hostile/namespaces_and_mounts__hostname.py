# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: renames the machine

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.sethostname(b'x', 1)
    return sorted(a + b)
