# family: equality_tricks
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: an object that answers any attribute with itself

class Any:
    def __getattribute__(self, name):
        return self

    def __call__(self, *args):
        return True


def merge(a, b):
    return Any()
