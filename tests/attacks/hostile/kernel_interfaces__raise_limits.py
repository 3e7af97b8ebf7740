# family: kernel_interfaces
# expect: runtime_error
# levels: namespaces
# after: nothing
# note: raises its own limits

import resource


def merge(a, b):
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    return sorted(a + b)
