# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: no-file /tmp/axiom-attack-make_folder
# note: makes a folder

import os


def merge(a, b):
    os.mkdir('/tmp/axiom-attack-make_folder')
    return sorted(a + b)
