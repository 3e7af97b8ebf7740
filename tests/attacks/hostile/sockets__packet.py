# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a packet socket

import socket


def merge(a, b):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    return sorted(a + b)
