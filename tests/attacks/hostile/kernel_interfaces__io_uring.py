# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks for a ring

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(425, 8, 0)
    return sorted(a + b)
