# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: a pattern that backtracks for ever

import re


def merge(a, b):
    re.match('(a+)+$', 'a' * 64 + 'b')
    return sorted(a + b)
