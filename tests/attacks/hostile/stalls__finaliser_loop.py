# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: loops when a value is dropped

class Last:
    def __del__(self):
        while True:
            pass


def merge(a, b):
    Last()
    return sorted(a + b)
