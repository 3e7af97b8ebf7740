# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: sorted answers nothing for everyone

import builtins

builtins.sorted = lambda *args, **kwargs: []


def merge(a, b):
    return sorted(a + b)
