# family: files_and_environment
# expect: runtime_error
# levels: namespaces
# after: no-file /tmp/axiom-attack-bytecode
# note: writes bytecode beside a module

import py_compile
import json


def merge(a, b):
    py_compile.compile(json.__file__, doraise=True, cfile='/tmp/axiom-attack-bytecode')
    return sorted(a + b)
