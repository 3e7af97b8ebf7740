# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: not-a-number in each place

def merge(a, b):
    return [float('nan')] * (len(a) + len(b) + 1)
