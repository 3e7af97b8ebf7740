# family: processes
# expect: forbidden
# levels: namespaces
# after: nothing
# note: becomes another program

import os


def merge(a, b):
    os.execv('/bin/sh', ['sh', '-c', 'sleep 600'])
