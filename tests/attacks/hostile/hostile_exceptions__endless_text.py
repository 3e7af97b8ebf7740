# family: hostile_exceptions
# expect: runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: an exception whose text never ends

class Bad(Exception):
    def __str__(self):
        while True:
            pass


def merge(a, b):
    raise Bad
