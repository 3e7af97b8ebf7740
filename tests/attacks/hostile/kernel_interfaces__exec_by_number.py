# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: runs a program by its number

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(59, b'/bin/sh', 0, 0)
    return sorted(a + b)
