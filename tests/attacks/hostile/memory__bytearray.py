# family: memory
# expect: memory_limit
# levels: namespaces process
# after: nothing
# note: a buffer that is resized without end

def merge(a, b):
    data = bytearray()
    while True:
        data.extend(bytes(1 << 20))
