# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: loads a program into the kernel

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(321, 0, 0, 0)
    return sorted(a + b)
