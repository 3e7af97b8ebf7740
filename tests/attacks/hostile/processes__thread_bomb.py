# family: processes
# expect: runtime_error|time_limit|memory_limit
# levels: namespaces
# after: nothing
# note: starts threads without end, with the smallest stacks

import threading
import time

threading.stack_size(32768)


def merge(a, b):
    while True:
        threading.Thread(target=time.sleep, args=(600,)).start()
