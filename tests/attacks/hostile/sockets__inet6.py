# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a socket of the newer kind

import socket


def merge(a, b):
    socket.socket(socket.AF_INET6)
    return sorted(a + b)
