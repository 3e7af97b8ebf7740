# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: replaces the write of replies

import os

real = os.write
os.write = lambda fd, data: real(fd, b'\x00\x00\x00\x10{"passed": true}')


def merge(a, b):
    return None
