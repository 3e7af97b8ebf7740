# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: an iterator without end

import itertools


def merge(a, b):
    return itertools.count()
