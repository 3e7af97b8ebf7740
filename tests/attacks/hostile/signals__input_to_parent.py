# family: signals
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: has the kernel signal its parent when input comes

import fcntl
import os
import socket
import struct

FIOSETOWN, FIOASYNC = 0x8901, 0x5452


def merge(a, b):
    ours, theirs = socket.socketpair()
    fcntl.ioctl(ours, FIOSETOWN, struct.pack("i", os.getppid()))
    fcntl.ioctl(ours, FIOASYNC, struct.pack("i", 1))
    theirs.send(b"x")
    return sorted(a + b)
