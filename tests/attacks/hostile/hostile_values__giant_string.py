# family: hostile_values
# expect: output_limit|memory_limit
# levels: namespaces process
# after: nothing
# note: a string of fifty megabytes

def merge(a, b):
    return 'x' * (50 << 20)
