# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: replaces the hook that prints errors

import sys

sys.excepthook = lambda *args: print('passed')


def merge(a, b):
    raise ValueError('no')
