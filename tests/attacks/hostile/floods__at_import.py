# family: floods
# expect: output_limit
# levels: namespaces process
# after: nothing
# note: prints without end in the module's body

while True:
    print('flood')
