# family: signals
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: kills what started it

import os


def merge(a, b):
    os.kill(os.getppid(), 9)
    return sorted(a + b)
