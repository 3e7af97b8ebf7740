# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: asks for a temporary file

import tempfile


def merge(a, b):
    with tempfile.TemporaryFile() as file:
        file.write(b'x' * 10)
    return sorted(a + b)
