# family: hostile_values
# expect: wrong_answer|time_limit
# levels: namespaces process
# after: nothing
# note: keys whose hash takes for ever

class Slow(str):
    def __hash__(self):
        while True:
            pass

    def __eq__(self, other):
        return True


def merge(a, b):
    return {Slow('x'): 1}
