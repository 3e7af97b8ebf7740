# family: floods
# expect: output_limit
# levels: namespaces process
# after: nothing
# note: prints without end

def merge(a, b):
    while True:
        print('x' * 1000)
