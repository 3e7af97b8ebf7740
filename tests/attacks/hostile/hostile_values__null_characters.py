# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: null characters

def merge(a, b):
    return '\0' * 1000
