# family: hostile_exceptions
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: an exception that most handlers let through

class Bad(BaseException):
    pass


def merge(a, b):
    raise Bad
