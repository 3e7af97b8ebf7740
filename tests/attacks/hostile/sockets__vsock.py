# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks for the machine's host

import socket


def merge(a, b):
    socket.socket(40, socket.SOCK_STREAM)
    return sorted(a + b)
