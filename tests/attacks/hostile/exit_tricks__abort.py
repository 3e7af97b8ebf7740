# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: aborts itself

import os


def merge(a, b):
    os.abort()
