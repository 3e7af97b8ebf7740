# family: equality_tricks
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: an object that would run code where it is unpickled

import os


class Payload:
    def __reduce__(self):
        return os._exit, (0,)


def merge(a, b):
    return Payload()
