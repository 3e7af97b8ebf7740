# family: frames_and_gc
# expect: wrong_answer|runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: swaps the code of the caller's function

import sys


def yes(*args, **kwargs):
    return {'returned': True}


def merge(a, b):
    caller = sys._getframe(1)
    for value in caller.f_globals.values():
        if hasattr(value, '__code__'):
            try:
                value.__code__ = yes.__code__
            except ValueError:
                pass
    return 'x'
