# family: floods
# expect: output_limit
# levels: namespaces process
# after: nothing
# note: a right answer among two megabytes of noise

import sys


def merge(a, b):
    sys.stdout.write('x' * (2 << 20))
    sys.stdout.flush()
    return sorted(a + b)
