# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: an object that equals everything

class Same:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def merge(a, b):
    return Same()
