# family: sockets
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks the kernel about its network

import socket


def merge(a, b):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
    return sorted(a + b)
