# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: ends the process in the call

import os


def merge(a, b):
    os._exit(0)
