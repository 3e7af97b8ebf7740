# family: processes
# expect: forbidden|runtime_error
# levels: namespaces
# after: nothing
# note: spawns a program

import os


def merge(a, b):
    return [os.posix_spawn('/bin/sleep', ['sleep', '600'], {})]
