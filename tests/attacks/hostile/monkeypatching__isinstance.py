# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: every value is of every type

import builtins

builtins.isinstance = lambda value, kind: True


def merge(a, b):
    return object
