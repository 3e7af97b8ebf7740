# family: memory
# expect: memory_limit
# levels: namespaces process
# after: nothing
# note: a list without end

def merge(a, b):
    out = []
    while True:
        out.append([0] * 1000)
