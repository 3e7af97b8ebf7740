# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: raises and catches

def merge(a, b):
    out = []
    try:
        raise LookupError(a)
    except LookupError as error:
        out += error.args[0]
    finally:
        out += b
    return sorted(out)
