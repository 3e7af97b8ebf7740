# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a list that equals everything

class Same(list):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def merge(a, b):
    return Same([1])
