# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: stores a key

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(248, b'user', b'x', b'y', 1, -3)
    return sorted(a + b)
