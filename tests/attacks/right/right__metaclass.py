# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a metaclass and slots

class Meta(type):
    def __call__(cls, a, b):
        return sorted(a + b)


class merge(metaclass=Meta):
    __slots__ = ()
