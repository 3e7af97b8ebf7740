# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: takes another's descriptor

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(438, 3, 0, 0)
    return sorted(a + b)
