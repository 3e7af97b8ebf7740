# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: true where a list is due

def merge(a, b):
    return True
