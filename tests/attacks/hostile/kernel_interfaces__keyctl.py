# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks for the session's keys

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(250, 0, -3, 0, 0, 0)
    return sorted(a + b)
