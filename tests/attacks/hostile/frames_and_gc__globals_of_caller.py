# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: puts its own function in the place of the encoder

import sys


def merge(a, b):
    frame = sys._getframe(1)
    while frame:
        if 'encode' in frame.f_globals:
            frame.f_globals['encode'] = lambda value: True
        frame = frame.f_back
    return object()
