# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: the standard library's own equal-to-all

from unittest.mock import ANY


def merge(a, b):
    return ANY
