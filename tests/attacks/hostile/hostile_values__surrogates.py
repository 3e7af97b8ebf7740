# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: half characters

def merge(a, b):
    return ['\ud800' * 10]
