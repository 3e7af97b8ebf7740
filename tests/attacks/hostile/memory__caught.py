# family: memory
# expect: time_limit|memory_limit
# levels: namespaces process
# after: nothing
# note: catches the error of its memory and goes on

def merge(a, b):
    held = []
    while True:
        try:
            held.append(bytes(1 << 22))
        except MemoryError:
            pass
