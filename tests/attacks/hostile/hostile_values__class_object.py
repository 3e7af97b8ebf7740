# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a class

def merge(a, b):
    return type('Answer', (list,), {})
