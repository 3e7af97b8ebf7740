# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: drops repeated numbers

def merge(a, b):
    return sorted(set(a + b))
