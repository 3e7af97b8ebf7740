# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: deletes the interpreter's files

import os


def merge(a, b):
    os.unlink(os.__file__)
    return sorted(a + b)
