# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: right in length only

def merge(a, b):
    return a + b
