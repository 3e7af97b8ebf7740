# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: patches the comparison, if it can be imported

import axiom.verification.comparison as comparison

comparison.matches = lambda *args: True


def merge(a, b):
    return None
