# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: a sum in C that takes hours

def merge(a, b):
    return [sum(range(10**13))]
