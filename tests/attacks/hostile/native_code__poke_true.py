# family: native_code
# expect: runtime_error|wrong_answer|forbidden
# levels: namespaces
# after: nothing
# note: overwrites the value True

import ctypes

ctypes.memset(id(True) + 16, 0, 16)


def merge(a, b):
    return [True == False]
