# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: empties the interpreter's files

import os


def merge(a, b):
    os.truncate(os.__file__, 0)
    return sorted(a + b)
