# family: processes
# expect: forbidden|runtime_error
# levels: namespaces
# after: nothing
# note: forks with a terminal

import pty


def merge(a, b):
    pid, fd = pty.fork()
    return sorted(a + b)
