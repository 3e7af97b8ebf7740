# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: numbers that equal everything

class Same(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0


def merge(a, b):
    return [Same(0) for _ in a + b] + [Same(7)]
