# family: signals
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: ignores the signals of its limits

import signal

for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)


def merge(a, b):
    while True:
        pass
