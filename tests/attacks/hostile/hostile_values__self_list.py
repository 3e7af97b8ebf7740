# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a list that holds itself

def merge(a, b):
    out = []
    out.append(out)
    return out
