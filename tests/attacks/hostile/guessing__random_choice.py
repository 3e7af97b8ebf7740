# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: answers at random

import random


def merge(a, b):
    return random.sample(a + b, len(a + b))
