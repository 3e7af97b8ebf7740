# family: monkeypatching
# expect: wrong_answer|runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: replaces the view that replies are sent through

import builtins

builtins.memoryview = lambda data: b''


def merge(a, b):
    return [1]
