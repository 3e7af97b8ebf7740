# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: sends brackets nested a hundred thousand deep

import os


def frame(text):
    return len(text).to_bytes(4, 'big') + text


def merge(a, b):
    for fd in range(3, 200):
        try:
            os.write(fd, frame(b'{"returned": ' + b'[' * 100000 + b']' * 100000 + b'}'))
        except OSError:
            pass
    return [0]
