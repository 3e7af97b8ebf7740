# family: native_code
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: reads from nowhere

import ctypes


def merge(a, b):
    return [ctypes.string_at(1)]
