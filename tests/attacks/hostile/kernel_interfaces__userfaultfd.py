# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: handles its own page faults

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(323, 0)
    return sorted(a + b)
