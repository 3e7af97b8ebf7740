# family: processes
# expect: forbidden
# levels: namespaces
# after: nothing
# note: leaves a process behind

import os
import time


def merge(a, b):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    return sorted(a + b)
