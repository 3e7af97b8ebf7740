# family: channels
# expect: runtime_error
# levels: namespaces
# after: no-file /var/tmp/axiom-attack-channel
# note: leaves a file for the next program

def merge(a, b):
    with open('/var/tmp/axiom-attack-channel', 'a') as file:
        file.write(repr((a, b)))
    return sorted(a + b)
