# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a generator where a list is due

def merge(a, b):
    yield from sorted(a + b)
