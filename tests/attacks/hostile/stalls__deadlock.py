# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: waits for a lock that nobody frees

import _thread


def merge(a, b):
    lock = _thread.allocate_lock()
    lock.acquire()
    lock.acquire()
