# family: memory
# expect: memory_limit|runtime_error
# levels: namespaces process
# after: nothing
# note: maps two gigabytes

import mmap


def merge(a, b):
    pages = mmap.mmap(-1, 2 << 30)
    pages.write(b'x' * (1 << 20))
    return sorted(a + b)
