# family: hostile_values
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: a list nested a hundred thousand deep

def merge(a, b):
    out = []
    for _ in range(100_000):
        out = [out]
    return out
