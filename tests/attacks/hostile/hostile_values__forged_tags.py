# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a dictionary subclass whose items are tags

class Tags(dict):
    def items(self):
        return [('$set', [1])]


def merge(a, b):
    return Tags(x=1)
