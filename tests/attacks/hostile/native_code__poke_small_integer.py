# family: native_code
# expect: runtime_error|wrong_answer|forbidden
# levels: namespaces
# after: nothing
# note: changes a small integer for everyone

import ctypes

ctypes.memmove(id(7) + 24, bytes([9, 0, 0, 0]), 4)


def merge(a, b):
    return [7, 'x']
