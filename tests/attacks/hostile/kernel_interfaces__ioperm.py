# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks for the machine's ports

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(173, 0, 1024, 1)
    return sorted(a + b)
