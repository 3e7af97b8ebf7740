# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: watches the processor

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(298, 0, 0, -1, -1, 0)
    return sorted(a + b)
