# family: hostile_values
# expect: wrong_answer|time_limit
# levels: namespaces process
# after: nothing
# note: an integer of a million digits

def merge(a, b):
    return [10**1_000_000]
