# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: reads the source of the callers

import inspect


def merge(a, b):
    return [frame.function for frame in inspect.stack()]
