# family: channels
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: locks a file that others read

import fcntl
import json


def merge(a, b):
    fcntl.lockf(open(json.__file__), fcntl.LOCK_SH)
    return sorted(a + b)
