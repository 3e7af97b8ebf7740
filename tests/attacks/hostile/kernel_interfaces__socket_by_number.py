# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a socket by its number

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(41, 2, 1, 0)
    return sorted(a + b)
