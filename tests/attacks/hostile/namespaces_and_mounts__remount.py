# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: makes the root writable

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.mount(b'none', b'/', 0, 32, 0)
    return sorted(a + b)
