# family: processes
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: a thread that outlives its call and answers the next one

import os
import threading
import time


def forge():
    while True:
        try:
            os.write(3, b"\x00\x00\x00\x12" + b'{"returned": [1] }')
        except OSError:
            pass
        time.sleep(0.001)


def merge(a, b):
    threading.Thread(target=forge, daemon=True).start()
    time.sleep(0.05)
    return []
