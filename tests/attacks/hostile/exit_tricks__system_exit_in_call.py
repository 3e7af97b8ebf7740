# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: raises SystemExit in the call

def merge(a, b):
    raise SystemExit(0)
