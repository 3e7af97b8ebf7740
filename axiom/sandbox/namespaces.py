"""Each program in a fresh fork inside a jail of namespaces, under a system-call filter.

Covered, beyond :mod:`axiom.sandbox.process`: the file system (read-only, and only the interpreter's), the network,
new processes and programs, signals to others, tracing, shared memory, executable mappings; every program starts from
the same untouched fork of a zygote, so nothing passes from one to the next.

Not covered: faults of the kernel; how long a program makes the machine work within its limits. Assumes: what
:mod:`axiom.sandbox.bubblewrap` does, and a kernel with seccomp.
"""

from axiom.problems.problem import Limits
from axiom.sandbox.bubblewrap import BubblewrapJail
from axiom.sandbox.jail import Jail
from axiom.sandbox.pool import JailSandbox


class NamespaceSandbox(JailSandbox):
    """The level ``namespaces``: jails that bubblewrap builds."""

    isolation = "namespaces"

    def _new_jail(self, limits: Limits) -> Jail:
        return BubblewrapJail(preload=self._preload)
