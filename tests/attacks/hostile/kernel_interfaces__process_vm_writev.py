# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: writes another's memory

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(311, 1, 0, 0, 0, 0, 0)
    return sorted(a + b)
