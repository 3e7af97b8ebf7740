# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a file by its number

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(304, -1, 0, 0)
    return sorted(a + b)
