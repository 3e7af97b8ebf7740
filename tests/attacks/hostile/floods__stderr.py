# family: floods
# expect: output_limit
# levels: namespaces process
# after: nothing
# note: prints errors without end

import sys


def merge(a, b):
    while True:
        print('x' * 1000, file=sys.stderr)
