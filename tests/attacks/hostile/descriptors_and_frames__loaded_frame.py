# family: descriptors_and_frames
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: says loaded and leaves

import os


def frame(text):
    return len(text).to_bytes(4, 'big') + text


for fd in range(3, 200):
    try:
        os.write(fd, frame(b'{"loaded": true}'))
    except OSError:
        pass
os._exit(0)
