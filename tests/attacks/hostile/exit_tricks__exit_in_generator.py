# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: exits while its result is walked

import sys


def merge(a, b):
    def walk():
        sys.exit(0)
        yield 1

    return list(walk())
