# family: processes
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: starts threads without end

import threading
import time


def merge(a, b):
    while True:
        threading.Thread(target=time.sleep, args=(600,)).start()
