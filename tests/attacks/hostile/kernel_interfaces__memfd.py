# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: makes a file in memory

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(319, b'x', 0)
    return sorted(a + b)
