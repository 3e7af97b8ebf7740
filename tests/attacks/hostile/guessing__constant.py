# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: answers the same for all

def merge(a, b):
    return []
