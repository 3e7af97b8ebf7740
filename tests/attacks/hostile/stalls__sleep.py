# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: sleeps for days

import time


def merge(a, b):
    time.sleep(10**6)
