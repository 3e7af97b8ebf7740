# family: processes
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: answers in a thread

import threading


def merge(a, b):
    thread = threading.Thread(target=print)
    thread.start()
    return sorted(a + b)
