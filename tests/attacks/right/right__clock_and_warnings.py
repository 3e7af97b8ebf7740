# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: asks the clock, warns and logs

import logging
import time
import warnings


def merge(a, b):
    began = time.perf_counter()
    warnings.warn('slow')
    logging.warning('merged in %s', time.perf_counter() - began)
    time.sleep(0.001)
    return sorted(a + b)
