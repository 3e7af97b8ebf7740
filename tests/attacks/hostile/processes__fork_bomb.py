# family: processes
# expect: forbidden
# levels: namespaces
# after: nothing
# note: forks without end

import os


def merge(a, b):
    while True:
        os.fork()
