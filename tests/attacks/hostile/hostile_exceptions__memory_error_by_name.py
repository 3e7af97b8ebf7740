# family: hostile_exceptions
# expect: runtime_error|memory_limit
# levels: namespaces process
# after: nothing
# note: claims a memory error

def merge(a, b):
    raise MemoryError
