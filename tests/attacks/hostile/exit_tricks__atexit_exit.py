# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: leaves at the end with code 0

import atexit
import os

atexit.register(os._exit, 0)


def merge(a, b):
    raise KeyError(1)
