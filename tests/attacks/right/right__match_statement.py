# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a match statement and a walrus

def merge(a, b):
    match (a, b):
        case ([], rest) | (rest, []):
            return rest
        case _:
            return out if (out := sorted(a + b)) else []
