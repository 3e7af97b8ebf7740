# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a list that changes while it is read

class Shrinking(list):
    def __len__(self):
        self.clear()
        return 10


def merge(a, b):
    return Shrinking([1, 2, 3])
