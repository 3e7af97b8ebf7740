# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: shuffles first

import random


def merge(a, b):
    both = a + b
    random.shuffle(both)
    return sorted(both)
