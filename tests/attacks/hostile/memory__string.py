# family: memory
# expect: memory_limit
# levels: namespaces process
# after: nothing
# note: a string that doubles

def merge(a, b):
    text = 'x'
    while True:
        text += text
