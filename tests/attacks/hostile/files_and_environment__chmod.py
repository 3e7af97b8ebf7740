# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: opens the interpreter's files to all

import os


def merge(a, b):
    os.chmod(os.__file__, 0o777)
    return sorted(a + b)
