# family: floods
# expect: output_limit
# levels: namespaces process
# after: nothing
# note: writes on descriptor 1 without end

import os


def merge(a, b):
    while True:
        os.write(1, b'x' * 65536)
