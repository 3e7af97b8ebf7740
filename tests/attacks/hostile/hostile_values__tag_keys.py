# family: hostile_values
# expect: wrong_answer
# levels: namespaces process
# after: nothing
# note: dictionaries that look like tags

def merge(a, b):
    return [{'$tuple': [1]}, {'$set': [[1]]}, {'$float': 'nan'}]
