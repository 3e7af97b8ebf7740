# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: loads a module into the kernel

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(175, 0, 0, b'')
    return sorted(a + b)
