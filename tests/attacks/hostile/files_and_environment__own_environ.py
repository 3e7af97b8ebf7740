# family: files_and_environment
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: returns its environment

import os


def merge(a, b):
    return [dict(os.environ)]
