# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: puts its output over the channel

import os


def merge(a, b):
    for fd in range(3, 4096):
        try:
            os.dup2(1, fd)
        except OSError:
            pass
    return sorted(a + b)
