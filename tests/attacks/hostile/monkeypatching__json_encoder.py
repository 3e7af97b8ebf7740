# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: an encoder that says passed

import json

json.JSONEncoder.encode = lambda self, value: '{"passed": true}'
json.encoder.JSONEncoder.iterencode = json.JSONEncoder.encode


def merge(a, b):
    return None
