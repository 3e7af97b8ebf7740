# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: answers one test and exits

import os

calls = []


def merge(a, b):
    calls.append(1)
    if len(calls) > 1:
        os._exit(0)
    return sorted(a + b)
