# family: hostile_exceptions
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: an exception that ends loops

def merge(a, b):
    raise StopIteration([])
