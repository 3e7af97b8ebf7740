# family: right
# expect: passed
# levels: namespaces
# after: nothing
# note: asks for an endless stack, as programs for contests do

import resource

resource.setrlimit(resource.RLIMIT_STACK, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def merge(a, b):
    return sorted(a + b)
