"""The judge's threads: each runs one program after another and begins the next before it ends the last.

Ending a program (reading what it used, having it killed) takes the judge as long as several tests take the program, so
the next one loads meanwhile.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

from axiom.errors import SandboxError
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.protocol import Sandbox
from axiom.verification.testing import Testing
from axiom.verification.verdict import Outcome, Verdict

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A program that waits for its verdict.

    Attributes:
        is_self_test: whether a sandbox that is not to be had is raised to who waits, instead of logged and made a
            verdict.
    """

    problem: Problem
    source: str
    future: "Future[Verdict]" = field(default_factory=Future)
    is_self_test: bool = False


class Attempt:
    """One try at a job; whatever goes wrong on the judge's side is kept, and is data.

    Args:
        sandbox: where the program runs.
        job: what is judged.
        limits: tells the limits of a problem.
        all_tests: go on after the first failure.

    Attributes:
        fault: what went wrong on the judge's side; None where nothing did.
    """

    def __init__(self, sandbox: Sandbox, job: Job, *, limits: Callable[[Problem], Limits], all_tests: bool) -> None:
        self.job = job
        self._testing: Testing | None = None
        self.fault: Exception | None = None
        with self._keeping_errors():
            self._testing = Testing(sandbox, job.problem, job.source, limits=limits(job.problem), all_tests=all_tests)
            self._testing.begin()

    def decide(self) -> None:
        """Run the tests."""
        with self._keeping_errors():
            if self._testing is not None and self.fault is None:
                self._testing.decide()

    def finish(self, *, is_last: bool) -> Verdict | None:
        """End the program; the verdict, or None where the program should be judged again."""
        verdict = None
        with self._keeping_errors():
            verdict = self._testing.finish() if self._testing is not None else None
        if self.error:
            total = len(self.job.problem.tests)
            return Verdict(Outcome.internal_error, 0, total, message=self.error) if is_last else None
        doubtful = self._testing is not None and self._testing.doubtful
        return None if doubtful and not is_last else verdict

    @property
    def error(self) -> str:
        """The fault in words; empty where there is none."""
        return f"{type(self.fault).__name__}: {self.fault}" if self.fault is not None else ""

    @contextlib.contextmanager
    def _keeping_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 (whatever goes wrong here is the judge's fault)
            self.fault = self.fault or error


class Workers:
    """Threads that take jobs from one queue.

    Args:
        count: programs that run at a time.
        attempt: begins a try at a job.
    """

    def __init__(self, count: int, attempt: Callable[[Job], Attempt]) -> None:
        self._attempt = attempt
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, name=f"judge-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def put(self, job: Job) -> None:
        """Queue a job.

        Raises:
            RuntimeError: if the workers are closed.
        """
        with self._lock:
            if self._closed.is_set():
                raise RuntimeError("the judge is closed; make a new one")
            self._jobs.put(job)

    def cancel(self) -> None:
        """Cancel what is queued; what runs gets no verdict, and no further job is taken."""
        with self._lock:
            self._closed.set()
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    job.future.cancel()
        for _ in self._threads:
            self._jobs.put(None)

    def join(self) -> None:
        """Wait until every thread has ended."""
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        former: Attempt | None = None
        while True:
            try:
                job = self._jobs.get(block=former is None)
            except queue.Empty:
                job = None
            if job is None and former is None:
                return
            attempt = None
            if job is not None and job.future.set_running_or_notify_cancel():
                attempt = self._attempt(job)
            if former is not None:
                self._finish(former)
            if attempt is not None:
                attempt.decide()
            elif self._closed.is_set():
                return
            former = attempt

    def _finish(self, attempt: Attempt) -> None:
        """Give the job its verdict, after a second try where the first was not the program's own doing."""
        job, last = attempt.job, attempt
        verdict = attempt.finish(is_last=False)
        self._tell(attempt)
        if verdict is None and not self._closed.is_set():
            last = self._attempt(job)
            last.decide()
            verdict = last.finish(is_last=True)
            self._tell(last)
        if verdict is None or self._closed.is_set():
            job.future.set_exception(CancelledError("the judge was closed"))
        elif job.is_self_test and isinstance(last.fault, SandboxError):
            job.future.set_exception(last.fault)
        else:
            job.future.set_result(verdict)

    def _tell(self, attempt: Attempt) -> None:
        """Log what went wrong, unless closing the sandbox was the cause; a self-test raises it."""
        if attempt.error and not self._closed.is_set() and not attempt.job.is_self_test:
            _logger.warning("judging %s failed: %s", attempt.job.problem.id, attempt.error)
