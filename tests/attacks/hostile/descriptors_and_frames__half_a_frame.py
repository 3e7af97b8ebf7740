# family: descriptors_and_frames
# expect: time_limit|wrong_answer
# levels: namespaces process
# after: nothing
# note: sends half a frame and waits

import os
import time


def merge(a, b):
    for fd in range(3, 200):
        try:
            os.write(fd, b'\x00\x00\x00\xff{')
        except OSError:
            pass
    time.sleep(1000)
