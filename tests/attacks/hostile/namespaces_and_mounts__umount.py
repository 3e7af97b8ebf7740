# family: namespaces_and_mounts
# expect: forbidden
# levels: namespaces
# after: nothing
# note: takes a mount away

import ctypes

libc = ctypes.CDLL(None, use_errno=True)


def merge(a, b):
    libc.umount2(b'/dev', 2)
    return sorted(a + b)
