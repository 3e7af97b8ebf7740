# family: files_and_environment
# expect: wrong_answer|runtime_error|time_limit
# levels: namespaces process
# after: nothing
# note: looks for files of problems

import glob


def merge(a, b):
    found = glob.glob('/**/*.jsonl', recursive=True)
    return [open(found[0]).read()] if found else ['nothing']
