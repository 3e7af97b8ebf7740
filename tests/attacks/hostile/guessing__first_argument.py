# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: answers its first argument

def merge(a, b):
    return a
