# family: hostile_exceptions
# expect: runtime_error|memory_limit
# levels: namespaces process
# after: nothing
# note: an exception with a text of a gigabyte

def merge(a, b):
    raise ValueError('x' * (100 << 20))
