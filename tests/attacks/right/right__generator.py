# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a generator inside

def merge(a, b):
    def walk():
        yield from sorted(a + b)

    return list(walk())
