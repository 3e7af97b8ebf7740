# family: signals
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: stops what started it

import os
import signal


def merge(a, b):
    os.kill(os.getppid(), signal.SIGSTOP)
    return sorted(a + b)
