# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: an object that is called

class Merger:
    def __call__(self, a, b):
        return sorted(a + b)


merge = Merger()
