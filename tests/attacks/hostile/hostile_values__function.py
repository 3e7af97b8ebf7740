# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a function

def merge(a, b):
    return merge
