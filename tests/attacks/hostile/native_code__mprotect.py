# family: native_code
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: makes written memory executable

import ctypes
import mmap


def merge(a, b):
    pages = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(pages))
    if ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), 4096, 7) != 0:
        raise PermissionError
    return sorted(a + b)
