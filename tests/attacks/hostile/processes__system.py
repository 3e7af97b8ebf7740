# family: processes
# expect: forbidden
# levels: namespaces
# after: no-file /tmp/axiom-attack-system
# note: runs a shell

import os


def merge(a, b):
    return [os.system('id > /tmp/axiom-attack-system')]
