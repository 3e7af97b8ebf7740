# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: right for short lists only

def merge(a, b):
    return sorted(a + b) if len(a) < 3 else a + b
