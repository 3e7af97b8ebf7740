# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: types and lengths that lie

import builtins

builtins.len = lambda value: 1
builtins.type = lambda value: list


def merge(a, b):
    return {1: 2}
