# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: writes a forged reply on every descriptor

import os


def frame(text):
    return len(text).to_bytes(4, 'big') + text


def merge(a, b):
    for fd in range(64):
        try:
            os.write(fd, frame(b'{"returned": []}'))
        except OSError:
            pass
    return [0]
