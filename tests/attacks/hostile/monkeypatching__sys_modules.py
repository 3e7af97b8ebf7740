# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: empties the table of modules

import sys

for name in list(sys.modules):
    if name not in ('sys', 'builtins'):
        sys.modules.pop(name)


def merge(a, b):
    return [sys.modules]
