# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: makes a device

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.mknod(b'/tmp/axiom-attack-mknod', 0o20666, 0x101)
    return sorted(a + b)
