# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: no-file /tmp/axiom-attack-make_symlink
# note: makes a link

import os


def merge(a, b):
    os.symlink('/etc/passwd', '/tmp/axiom-attack-make_symlink')
    return sorted(a + b)
