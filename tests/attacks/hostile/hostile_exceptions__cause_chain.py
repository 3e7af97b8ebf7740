# family: hostile_exceptions
# expect: runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: a hundred thousand causes

def merge(a, b):
    error = ValueError()
    for _ in range(100_000):
        new = ValueError()
        new.__cause__ = error
        error = new
    raise error
