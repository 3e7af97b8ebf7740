# family: files_and_environment
# expect: runtime_error|forbidden
# levels: namespaces
# after: no-file /tmp/axiom-attack-make_fifo
# note: makes a named pipe

import os


def merge(a, b):
    os.mkfifo('/tmp/axiom-attack-make_fifo')
    return sorted(a + b)
