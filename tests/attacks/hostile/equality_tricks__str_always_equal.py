# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a string that equals everything

class Same(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0


def merge(a, b):
    return Same('x')
