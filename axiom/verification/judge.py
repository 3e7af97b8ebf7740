"""The judge: runs a program's tests in a sandbox and observes each result itself.

A pass is proved by comparing every returned value here, on plain data, never by an exit code or by anything
printed. The sandbox is told the arguments and nothing of what is expected.
"""

import logging
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType

from axiom.errors import SandboxError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.namespaces import NamespaceSandbox
from axiom.sandbox.process import ProcessSandbox
from axiom.sandbox.protocol import Sandbox
from axiom.verification.verdict import Outcome, Verdict
from axiom.verification.workers import Attempt, Job, Workers

ISOLATIONS = ("auto", "namespaces", "docker", "process")
_FOR_REFERENCES = Limits(cpu_s=20.0, wall_s=200.0)
_SELF_TEST = Problem(
    id="judge/self_test",
    entry_point="add",
    statement="Return a + b.",
    tests=(CallTest(args=(1, 2), expected=3), CallTest(args=(2, 2), expected=4)),
    limits=Limits(cpu_s=10.0, wall_s=60.0),
)
_SELF_TEST_PROGRAMS = (
    ("def add(a, b):\n    return a + b\n", Outcome.passed),
    ("def add(a, b):\n    return 3\n", Outcome.wrong_answer),
)

_logger = logging.getLogger(__name__)


def available_processors() -> frozenset[int]:
    """The numbers of the processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(os.cpu_count() or 1))


def available_cores() -> int:
    """How many processors this process may run on."""
    return len(available_processors())


def default_workers(*, cores: int | None = None) -> int:
    """Half of the processors, at least one: the other half samples or trains.

    Args:
        cores: processors to share; None takes all that this process may run on.
    """
    return max(1, (cores or available_cores()) // 2)


def resolved_isolation(isolation: str) -> str:
    """The level that ``auto`` stands for on this machine; any other name as it is.

    Raises:
        SandboxError: for an unknown level.
    """
    if isolation not in ISOLATIONS:
        raise SandboxError(f"isolation '{isolation}': expected one of {', '.join(ISOLATIONS)}")
    if isolation != "auto":
        return isolation
    return "namespaces" if sys.platform.startswith("linux") else "process"


def make_sandbox(isolation: str, *, preload: Sequence[str] = ()) -> Sandbox:
    """The sandbox of a level of isolation.

    Raises:
        SandboxError: for an unknown level, or one that this machine cannot give.
    """
    level = resolved_isolation(isolation)
    if level == "namespaces":
        return NamespaceSandbox(preload=preload)
    if level == "docker":
        from axiom.sandbox.container import ContainerSandbox  # what it needs takes as long to import as all else here

        return ContainerSandbox(preload=preload)
    return ProcessSandbox(preload=preload)


class Judge:
    """Judges programs in parallel; a context manager that tests itself on entering.

    Args:
        workers: programs judged at the same time.
        isolation: ``namespaces``, ``docker``, ``process``, or ``auto``: namespaces on Linux, processes elsewhere. What
            is asked for and not to be had is an error, never replaced by something else.
        sandbox: where programs run instead of ``isolation``; closed with the judge.
        preload: third-party modules that programs may import.
        all_tests: run the tests after the first failure too, so that the score is a fraction.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        isolation: str = "auto",
        sandbox: Sandbox | None = None,
        preload: Sequence[str] = (),
        all_tests: bool = False,
    ) -> None:
        self._sandbox: Sandbox = make_sandbox(isolation, preload=preload) if sandbox is None else sandbox
        self._all_tests = all_tests
        self.workers = workers
        self._limits: dict[tuple[str, str], Future[Limits]] = {}
        self._limits_lock = threading.Lock()
        self._workers = Workers(workers, self._attempt)

    def __enter__(self) -> "Judge":
        try:
            self.self_test()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def isolation(self) -> str:
        """The level of isolation that verdicts of this judge come from."""
        return self._sandbox.isolation

    def judge(self, problem: Problem, source: str | None) -> Verdict:
        """Judge one program and wait for the verdict.

        Args:
            problem: whose hidden tests are run.
            source: the program, or None where a sample holds none.
        """
        return self.submit(problem, source).result()

    def submit(self, problem: Problem, source: str | None) -> "Future[Verdict]":
        """Queue one program; the future is cancelled if the judge closes first.

        Raises:
            RuntimeError: if the judge is closed.
        """
        job = Job(problem, source or "")
        if source is None:
            job.future.set_result(
                Verdict(Outcome.no_program, 0, len(problem.tests), message="the sample holds no program")
            )
        else:
            self._workers.put(job)
        return job.future

    def self_test(self) -> None:
        """Judge a right and a wrong program.

        Raises:
            SandboxError: if either verdict is not what it must be, or the sandbox cannot be had.
        """
        for source, expected in _SELF_TEST_PROGRAMS:
            job = Job(_SELF_TEST, source, is_self_test=True)
            self._workers.put(job)
            verdict = job.future.result()
            if verdict.outcome is not expected:
                raise SandboxError(
                    f"the judge's self-test gave {verdict.outcome.value} ({verdict.message}), expected "
                    f"{expected.value}; isolation is '{self.isolation}': check that /proc is mounted, that processes "
                    "may be started and that the temporary folder can be written"
                )

    def close(self) -> None:
        """Cancel what is queued, kill what runs, and wait until no process is left."""
        self._workers.cancel()
        self._sandbox.close()
        self._workers.join()

    def _attempt(self, job: Job) -> Attempt:
        return Attempt(self._sandbox, job, limits=self._limits_of, all_tests=self._all_tests)

    def _limits_of(self, problem: Problem) -> Limits:
        """The problem's own limits, or those that one run of its reference gives."""
        if problem.limits is not None or not problem.reference:
            return problem.limits or Limits()
        key = (problem.id, problem.reference)
        with self._limits_lock:
            known, mine = self._limits.get(key), Future[Limits]()
            if known is None:
                self._limits[key] = mine
        if known is not None:
            return known.result()
        attempt = Attempt(
            self._sandbox, Job(problem, problem.reference), limits=lambda problem: _FOR_REFERENCES, all_tests=False
        )
        attempt.decide()
        verdict = attempt.finish(is_last=True)
        assert verdict is not None
        if not verdict.passed:
            _logger.warning("the reference of %s does not pass: %s", problem.id, verdict.message)
        mine.set_result(Limits.by_reference(verdict.cpu_s) if verdict.passed else Limits())
        return mine.result()
