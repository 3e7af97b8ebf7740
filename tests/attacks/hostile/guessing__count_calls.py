# family: guessing
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: answers by the number of the call

calls = []


def merge(a, b):
    calls.append((a, b))
    return [[], [1], [1, 2], [1, 2, 3]][len(calls) % 4]
