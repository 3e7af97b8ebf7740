# family: processes
# expect: forbidden|runtime_error
# levels: namespaces
# after: nothing
# note: leaves its session

import os


def merge(a, b):
    os.setsid()
    return sorted(a + b)
