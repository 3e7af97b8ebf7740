# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: loops for ever

def merge(a, b):
    while True:
        pass
