# family: kernel_interfaces
# expect: forbidden|runtime_error
# levels: namespaces
# after: nothing
# note: a call by its number for x32

import ctypes


def merge(a, b):
    ctypes.CDLL(None).syscall(0x40000000 | 41, 2, 1, 0)
    return ['x']
