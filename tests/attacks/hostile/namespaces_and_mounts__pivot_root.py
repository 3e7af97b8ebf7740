# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: swaps its root

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.syscall(155, b'/', b'/tmp')
    return sorted(a + b)
