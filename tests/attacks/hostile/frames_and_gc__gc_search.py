# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: looks for a list that could be the answer among all objects

import gc


def merge(a, b):
    wanted = len(a) + len(b)
    for value in gc.get_objects():
        if type(value) is list and len(value) == wanted and value not in (a, b) and value and type(value[0]) is int:
            return value
    return ['nothing']
