# family: signals
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: kills its group

import os


def merge(a, b):
    os.killpg(0, 9)
    return sorted(a + b)
