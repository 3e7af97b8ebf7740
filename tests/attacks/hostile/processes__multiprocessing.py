# family: processes
# expect: forbidden
# levels: namespaces
# after: nothing
# note: asks for worker processes

import multiprocessing


def merge(a, b):
    process = multiprocessing.get_context('fork').Process(target=print)
    process.start()
    return sorted(a + b)
