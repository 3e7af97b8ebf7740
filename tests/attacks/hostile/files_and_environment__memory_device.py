# family: files_and_environment
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: reads the machine's memory

def merge(a, b):
    return [open('/dev/mem', 'rb').read(10)]
