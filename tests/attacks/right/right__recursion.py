# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: nine hundred levels of recursion

def merge(a, b):
    def down(n):
        return 0 if n == 0 else 1 + down(n - 1)

    assert down(900) == 900
    return sorted(a + b)
