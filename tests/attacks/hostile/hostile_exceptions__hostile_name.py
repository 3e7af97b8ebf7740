# family: hostile_exceptions
# expect: runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: an exception whose class has no readable name

class Meta(type):
    @property
    def __name__(cls):
        raise ValueError


class Bad(Exception, metaclass=Meta):
    pass


def merge(a, b):
    raise Bad
