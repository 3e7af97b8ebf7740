# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: traces its parent

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(101, 16, 1, 0, 0)
    return sorted(a + b)
