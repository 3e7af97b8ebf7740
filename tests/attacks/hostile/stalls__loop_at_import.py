# family: stalls
# expect: time_limit
# levels: namespaces process
# after: nothing
# note: loops in the module's body

while True:
    pass
