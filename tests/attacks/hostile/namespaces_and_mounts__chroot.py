# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: changes its root

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.chroot(b'/tmp')
    return sorted(a + b)
