# family: hostile_values
# expect: output_limit|memory_limit|time_limit
# levels: namespaces process
# after: nothing
# note: ten million numbers

def merge(a, b):
    return [1] * 10_000_000
