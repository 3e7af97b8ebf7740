"""Samples on their way to a verdict: held back until a small batch is there, each program once, never too many.

A program takes the judge a few milliseconds and an engine's step a hundred times that on all processors. Programs that
reached the judge one at a time would keep a worker, and with it a processor, from nearly every step; in batches they
take it from few (:mod:`axiom.rounds.processors`).
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from axiom.generation.sampler import Sample
from axiom.problems.problem import Problem
from axiom.rounds.store import JudgedSample
from axiom.verification.judge import Judge
from axiom.verification.verdict import Outcome, Verdict

_Program = tuple[str, str]
_LOG_PROB_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample with its program and verdict; ``is_duplicate`` where the verdict is an earlier sample's."""

    sample: Sample
    source: str | None
    verdict: Verdict
    is_duplicate: bool = False


def judged_sample(judged: Judged) -> JudgedSample:
    """The row of the store."""
    sample, verdict = judged.sample, judged.verdict
    return JudgedSample(
        task_id=sample.key,
        sample_index=sample.index,
        completion=sample.text,
        solution=judged.source,
        outcome=verdict.outcome.value,
        passed=verdict.passed,
        passed_tests=verdict.passed_tests,
        total_tests=verdict.total_tests,
        cpu_s=verdict.cpu_s,
        wall_s=verdict.wall_s,
        peak_bytes=verdict.peak_bytes,
        message=verdict.message,
        tokens=sample.tokens,
        token_ids=sample.token_ids,
        log_probs=tuple(round(value, _LOG_PROB_DIGITS) for value in sample.log_probs),
        finish_reason=sample.finish_reason,
        seed=sample.seed,
        sampler=sample.sampler,
    )


class Judging:
    """What the judge has, and what it is to have.

    A program of the same problem and text is judged once, and its other samples take the verdict; but never the
    judge's own fault, after which the next of them is judged anew.

    Args:
        judge: gives the verdicts.
        problems: by id.
        stored: rows whose verdicts hold for the same programs.
        limit: samples without a verdict, after which :attr:`is_full`.
        batch: programs held back until there are as many.
    """

    def __init__(
        self,
        judge: Judge,
        problems: Mapping[str, Problem],
        stored: Iterable[JudgedSample],
        *,
        limit: int,
        batch: int = 16,
    ) -> None:
        self._judge, self._problems, self._batch, self._limit = judge, problems, batch, limit
        self._known = {
            (row.task_id, row.solution): _verdict(row)
            for row in stored
            if row.solution is not None and row.outcome != Outcome.internal_error.value
        }
        self._waiting: dict[_Program, list[Sample]] = {}
        self._held: list[_Program] = []
        self._running: dict[_Program, Future[Verdict]] = {}
        self._ready: list[Judged] = []

    @property
    def waiting(self) -> int:
        """Samples without a verdict."""
        return sum(map(len, self._waiting.values()))

    @property
    def is_full(self) -> bool:
        """Whether no sample should be drawn before a verdict is there."""
        return self.waiting >= self._limit

    @property
    def busy(self) -> int:
        """Workers of the judge that run a program now."""
        return min(self._judge.workers, sum(not future.done() for future in self._running.values()))

    def add(self, sample: Sample, source: str | None) -> None:
        """Take a sample in; the batch goes to the judge once it is whole."""
        if source is None:
            verdict = self._judge.judge(self._problems[sample.key], None)
            self._ready.append(Judged(sample, None, verdict))
            return
        program = (sample.key, source)
        if program in self._known:
            self._ready.append(Judged(sample, source, self._known[program], is_duplicate=True))
        elif program in self._waiting:
            self._waiting[program].append(sample)
        else:
            self._waiting[program] = [sample]
            self._held.append(program)
            if len(self._held) >= self._batch:
                self.release()

    def release(self) -> None:
        """Hand what is held back to the judge."""
        for problem_id, source in self._held:
            self._running[problem_id, source] = self._judge.submit(self._problems[problem_id], source)
        self._held = []

    def take(self) -> list[Judged]:
        """Take out the samples whose verdict is there."""
        for program in [program for program, future in self._running.items() if future.done()]:
            self._share(program, self._running.pop(program).result())
        ready, self._ready = self._ready, []
        return ready

    def wait(self, *, for_all: bool = False, timeout_s: float | None = None) -> None:
        """Wait until one of the programs that the judge has, or all of them, has a verdict."""
        running = [future for future in self._running.values() if not future.done()]
        if running:
            wait(running, timeout=timeout_s, return_when=ALL_COMPLETED if for_all else FIRST_COMPLETED)

    def _share(self, program: _Program, verdict: Verdict) -> None:
        first, *others = self._waiting.pop(program)
        self._ready.append(Judged(first, program[1], verdict))
        if verdict.outcome is not Outcome.internal_error:
            self._known[program] = verdict
            self._ready.extend(Judged(sample, program[1], verdict, is_duplicate=True) for sample in others)
        elif others:
            self._waiting[program] = others
            self._running[program] = self._judge.submit(self._problems[program[0]], program[1])


def _verdict(row: JudgedSample) -> Verdict:
    return Verdict(
        outcome=Outcome(row.outcome),
        passed_tests=row.passed_tests,
        total_tests=row.total_tests,
        cpu_s=row.cpu_s,
        wall_s=row.wall_s,
        peak_bytes=row.peak_bytes,
        message=row.message,
    )
