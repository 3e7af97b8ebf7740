# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: catches whatever would stop it

def merge(a, b):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
