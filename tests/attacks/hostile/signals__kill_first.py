# family: signals
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: kills the first process

import os


def merge(a, b):
    os.kill(1, 9)
    return sorted(a + b)
