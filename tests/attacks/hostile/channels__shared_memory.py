# family: channels
# expect: runtime_error|forbidden
# levels: namespaces
# after: no-file /dev/shm/axiom-attack-shared
# note: leaves a block of shared memory

from multiprocessing import shared_memory


def merge(a, b):
    shared_memory.SharedMemory('axiom-attack-shared', create=True, size=64)
    return sorted(a + b)
