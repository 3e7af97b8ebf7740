# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: asks for quit, which site would define

def merge(a, b):
    quit()
