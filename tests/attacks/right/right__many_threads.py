# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: eight threads at once, whose stacks fill half of the memory and leave no room for a heap each

import threading


def merge(a, b):
    parts = []
    together = threading.Barrier(8)

    def run(index):
        parts.append(bytes(100_000)[:index])
        together.wait()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(parts) == 8
    return sorted(a + b)
