# family: hostile_exceptions
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: an exception that would clear the terminal

def merge(a, b):
    raise ValueError('\x1b[2J\x1b]0;owned\x07')
