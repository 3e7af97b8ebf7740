# family: native_code
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: maps memory that can be written and run

import mmap


def merge(a, b):
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b'\xc3')
    return sorted(a + b)
