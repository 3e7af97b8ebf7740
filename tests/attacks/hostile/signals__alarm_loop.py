# family: signals
# expect: runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: re-arms an alarm that raises

import signal
import time


def again(*args):
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    raise ValueError('alarm')


def merge(a, b):
    signal.signal(signal.SIGALRM, again)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    time.sleep(5)
    return sorted(a + b)
