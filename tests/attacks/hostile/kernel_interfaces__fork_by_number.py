# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: forks by its number

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(57)
    return sorted(a + b)
