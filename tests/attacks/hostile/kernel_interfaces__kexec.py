# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: loads another kernel

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(246, 0, 0, 0, 0)
    return sorted(a + b)
