# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a module

import os


def merge(a, b):
    return os
