# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: tabs for indents

def merge(a, b):
	return sorted(a + b)
