# family: kernel_interfaces
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: makes itself readable to others

import ctypes


def merge(a, b):
    if ctypes.CDLL(None).prctl(4, 1, 0, 0, 0) != 0:
        raise PermissionError
    return sorted(a + b)
