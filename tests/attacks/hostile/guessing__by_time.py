# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: right in every other second

import time


def merge(a, b):
    return sorted(a + b)[:-1] if a or b else [int(time.time())]
