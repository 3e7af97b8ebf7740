# family: hostile_values
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: a dictionary nested deep

def merge(a, b):
    out = {}
    for _ in range(100_000):
        out = {'x': out}
    return out
