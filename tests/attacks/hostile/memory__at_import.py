# family: memory
# expect: memory_limit
# levels: namespaces process
# after: nothing
# note: a memory bomb in the module's body

x = [bytes(1 << 20) for _ in range(5000)]


def merge(a, b):
    return sorted(a + b)
