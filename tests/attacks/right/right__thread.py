# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: recursion in a thread with a deep stack, as programs for contests do

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

sys.setrecursionlimit(1 << 20)
threading.stack_size(1 << 26)


def down(n):
    return n and 1 + down(n - 1)


def merge(a, b):
    answer = []

    def run():
        down(20_000)
        answer.extend(sorted(a + b))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    threading.stack_size(0)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda item: item, answer))
