# family: descriptors_and_frames
# expect: forbidden
# levels: namespaces
# after: nothing
# note: tells how a program ended on every socket but its channel, and then starts a process

import os
import stat

for fd in range(4, 4096):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            os.write(fd, b'{"exit_code": 0, "cpu_s": 0.0, "peak_bytes": 0, "more": 1}')
    except OSError:
        pass
os.fork()


def merge(a, b):
    return sorted(a + b)
