# family: files_and_environment
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: reads the users of the machine

def merge(a, b):
    return [open('/etc/passwd').read()]
