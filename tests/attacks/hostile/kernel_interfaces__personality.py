# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: changes its personality

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(135, 0x0040000)
    return sorted(a + b)
