# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: makes a System V segment

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(29, 0x41584931, 4096, 0o1600)
    return sorted(a + b)
