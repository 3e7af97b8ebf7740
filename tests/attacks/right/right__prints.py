# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: prints while it works

import sys


def merge(a, b):
    print('merging', len(a), len(b))
    print('note', file=sys.stderr)
    return sorted(a + b)
