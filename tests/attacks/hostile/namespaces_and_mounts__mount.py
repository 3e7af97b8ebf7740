# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: mounts a writable folder

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0)
    return sorted(a + b)
