# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: an object that claims to be a list

class Fake:
    __class__ = list

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def merge(a, b):
    return Fake()
