# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: changes a list through what refers to it

import gc


def merge(a, b):
    for holder in gc.get_referrers(a):
        if type(holder) is list:
            holder.append('changed')
    return ['x']
