# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: opens a connection

import socket


def merge(a, b):
    socket.create_connection(('127.0.0.1', 80), timeout=1)
    return sorted(a + b)
