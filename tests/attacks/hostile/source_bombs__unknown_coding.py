# family: source_bombs
# expect: syntax_error|wrong_answer
# levels: namespaces process
# after: nothing
# note: a coding line for no coding
# generate: '# -*- coding: no-such -*-\ndef merge(a, b):\n    return []\n'
