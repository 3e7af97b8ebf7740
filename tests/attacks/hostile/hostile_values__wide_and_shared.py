# family: hostile_values
# expect: wrong_answer|time_limit|memory_limit|output_limit
# levels: namespaces process
# after: nothing
# note: a small graph that is huge as a tree

def merge(a, b):
    out = [1]
    for _ in range(40):
        out = [out, out]
    return out
