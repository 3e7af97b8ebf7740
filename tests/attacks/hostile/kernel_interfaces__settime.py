# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: changes the clock

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(227, 0, 0)
    return sorted(a + b)
