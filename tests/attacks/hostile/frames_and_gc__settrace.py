# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: traces the caller and changes what it returns

import sys


def tracer(frame, event, arg):
    frame.f_trace_opcodes = True
    return tracer


def merge(a, b):
    sys.settrace(tracer)
    return ['traced']
