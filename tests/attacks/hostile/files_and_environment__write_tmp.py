# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: no-file /tmp/axiom-attack-write_tmp
# note: writes into /tmp

def merge(a, b):
    with open('/tmp/axiom-attack-write_tmp', 'w') as file:
        file.write('x')
    return sorted(a + b)
