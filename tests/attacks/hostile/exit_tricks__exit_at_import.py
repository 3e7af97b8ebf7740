# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: ends with code 0 before any test

import sys
sys.exit(0)
