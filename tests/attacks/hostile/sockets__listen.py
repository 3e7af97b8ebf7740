# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: listens

import socket


def merge(a, b):
    socket.create_server(('', 0))
    return sorted(a + b)
