# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: runs nothing under its main guard

def merge(a, b):
    return sorted(a + b)


if __name__ == '__main__':
    raise SystemExit(merge(input(), input()))
