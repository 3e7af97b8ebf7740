# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a list whose iteration lies

class Liar(list):
    def __iter__(self):
        return iter(sorted(self[0] + self[1]))

    def __len__(self):
        return len(self[0]) + len(self[1])


def merge(a, b):
    return Liar([a, b])
