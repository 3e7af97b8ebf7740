# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a local socket

import socket


def merge(a, b):
    socket.socket(socket.AF_UNIX).connect('/run/docker.sock')
    return sorted(a + b)
