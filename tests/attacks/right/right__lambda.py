# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a lambda

merge = lambda a, b: sorted([*a, *b])
