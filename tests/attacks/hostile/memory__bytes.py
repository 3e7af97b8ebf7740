# family: memory
# expect: memory_limit
# levels: namespaces process
# after: nothing
# note: a gigabyte of bytes

def merge(a, b):
    return [len(b'x' * (1 << 30))]
