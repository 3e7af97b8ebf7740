# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: returns what the callers' frames hold

import sys


def merge(a, b):
    frame, found = sys._getframe(), []
    while frame:
        for name, value in list(frame.f_locals.items()):
            if 'expected' in str(name):
                found.append(value)
        frame = frame.f_back
    return found[0] if found else ['nothing']
