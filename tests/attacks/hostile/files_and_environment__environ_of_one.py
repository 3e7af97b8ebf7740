# family: files_and_environment
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: reads the environment of the first process

def merge(a, b):
    return [open('/proc/1/environ').read()]
