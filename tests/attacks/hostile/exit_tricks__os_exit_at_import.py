# family: exit_tricks
# expect: runtime_error
# levels: namespaces process
# after: nothing
# note: ends at once with code 0

import os
os._exit(0)
