# family: kernel_interfaces
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: takes all processors

import os


def merge(a, b):
    os.sched_setaffinity(0, range(os.cpu_count()))
    return sorted(a + b)
