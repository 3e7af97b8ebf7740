# family: channels
# expect: forbidden
# levels: namespaces
# after: nothing
# note: listens under an abstract name

import socket


def merge(a, b):
    socket.socket(socket.AF_UNIX).bind('\0axiom-attack')
    return sorted(a + b)
