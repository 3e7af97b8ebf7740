# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a raw socket

import socket


def merge(a, b):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
    return sorted(a + b)
