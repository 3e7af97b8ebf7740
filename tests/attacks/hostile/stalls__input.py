# family: stalls
# expect: runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: asks for input that never comes

def merge(a, b):
    return [input()]
