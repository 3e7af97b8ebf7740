# family: hostile_exceptions
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: an exception whose text raises

class Bad(Exception):
    def __str__(self):
        raise Bad

    __repr__ = __str__


def merge(a, b):
    raise Bad
