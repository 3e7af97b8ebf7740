# family: hostile_values
# expect: wrong_answer|time_limit|output_limit
# levels: namespaces process
# after: nothing
# note: a set of integers that all collide

def merge(a, b):
    step = (1 << 61) - 1
    return {n * step for n in range(20_000)}
