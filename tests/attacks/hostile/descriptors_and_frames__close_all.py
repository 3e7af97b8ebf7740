# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: closes every descriptor

import os


def merge(a, b):
    os.closerange(0, 256)
    return sorted(a + b)
