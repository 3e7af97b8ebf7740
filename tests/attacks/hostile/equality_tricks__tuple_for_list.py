# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: an answer of another type

def merge(a, b):
    return [tuple(sorted(a + b))]
