# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: exits when a value is dropped

import os


class Last:
    def __del__(self):
        os._exit(0)


def merge(a, b):
    Last()
    return []
