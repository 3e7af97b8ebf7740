# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: a factorial in C

import math


def merge(a, b):
    return [math.factorial(10**7) % 10]
