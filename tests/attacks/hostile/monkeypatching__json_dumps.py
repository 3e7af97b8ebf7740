# family: monkeypatching
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: replaces the encoder of replies

import json

json.dumps = lambda *args, **kwargs: '{"loaded": true}'


def merge(a, b):
    return 'anything'
