# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a dictionary that holds itself

def merge(a, b):
    out = {}
    out['x'] = out
    return out
