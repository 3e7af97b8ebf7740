# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: no-file /dev/shm/axiom-attack-write_shm
# note: writes into shared memory

def merge(a, b):
    open('/dev/shm/axiom-attack-write_shm', 'w').close()
    return sorted(a + b)
