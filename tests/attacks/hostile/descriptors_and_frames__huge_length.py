# family: descriptors_and_frames
# expect: output_limit|wrong_answer
# levels: namespaces process
# after: nothing
# note: announces a frame of four gigabytes

import os


def merge(a, b):
    for fd in range(3, 200):
        try:
            os.write(fd, b'\xff\xff\xff\xff')
        except OSError:
            pass
    return sorted(a + b)
