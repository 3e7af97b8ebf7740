# family: stalls
# expect: time_limit|memory_limit
# levels: namespaces process
# after: nothing
# note: a power that fills no memory soon

def merge(a, b):
    return [9 ** 9 ** 8 % 7]
