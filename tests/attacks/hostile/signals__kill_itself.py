# family: signals
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: ends itself with a signal

import os


def merge(a, b):
    os.kill(os.getpid(), 9)
    return []
