# family: channels
# expect: runtime_error|forbidden
# levels: namespaces
# after: no-file /dev/shm/sem.axiom-attack-sem
# note: leaves a named semaphore

import ctypes


def merge(a, b):
    if ctypes.CDLL(None).sem_open(b'/axiom-attack-sem', 0o100, 0o600, 1) in (0, -1):
        raise OSError
    return sorted(a + b)
