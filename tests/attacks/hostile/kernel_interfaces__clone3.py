# family: kernel_interfaces
# expect: wrong_answer|runtime_error
# levels: namespaces
# after: nothing
# note: a process by the newest call, whose arguments no filter sees

import ctypes

call = ctypes.CDLL(None, use_errno=True).syscall


def merge(a, b):
    if call(435, bytes(64), 64) == -1:
        return [ctypes.get_errno()]
    return sorted(a + b)
