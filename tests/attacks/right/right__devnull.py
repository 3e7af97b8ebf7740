# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: prints into nothing

import contextlib
import io


def merge(a, b):
    with contextlib.redirect_stdout(io.StringIO()):
        print('quiet')
    return sorted(a + b)
