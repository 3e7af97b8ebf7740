# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: reads the requests itself and answers with guesses

import os


def frame(text):
    return len(text).to_bytes(4, 'big') + text


def merge(a, b):
    for fd in range(3, 200):
        try:
            os.set_blocking(fd, False)
            os.read(fd, 65536)
            os.write(fd, frame(b'{"returned": []}') * 20)
        except OSError:
            pass
    return []
