# family: native_code
# expect: forbidden
# levels: namespaces
# after: no-file /tmp/axiom-attack-libc_system
# note: runs a shell through the C library

import ctypes


def merge(a, b):
    ctypes.CDLL(None).system(b'id > /tmp/axiom-attack-libc_system')
    return sorted(a + b)
