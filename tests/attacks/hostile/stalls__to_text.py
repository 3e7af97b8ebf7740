# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: a huge integer as text

import sys

sys.set_int_max_str_digits(0)


def merge(a, b):
    return [len(str(3 ** (10**7)))]
