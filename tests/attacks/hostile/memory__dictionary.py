# family: memory
# expect: memory_limit|time_limit
# levels: namespaces process
# after: nothing
# note: a dictionary without end

import itertools


def merge(a, b):
    table = {}
    for n in itertools.count():
        table[n] = [n] * 100
