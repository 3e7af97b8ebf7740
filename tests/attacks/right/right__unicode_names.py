# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: names in other letters

def merge(a, b):
    größe, 数 = a, b
    return sorted(größe + 数)
