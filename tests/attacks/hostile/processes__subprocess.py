# family: processes
# expect: forbidden
# levels: namespaces
# after: nothing
# note: runs a program

import subprocess


def merge(a, b):
    return [subprocess.run(['id'], capture_output=True).stdout]
