# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a complex number

def merge(a, b):
    return [complex(1, 2)]
