"""Best-of-N into the store: sample what is missing, judge it as it finishes, save it."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams, sample_seed
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.prompts import PromptStyle, build_prompt
from axiom.rounds.store import JudgedSample, Purpose, RoundFolder
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict

_ROWS_PER_SYNC = 16


@dataclass(frozen=True, slots=True)
class CollectProgress:
    """How far a collection is.

    Attributes:
        round: the round's number.
        purpose: what is collected.
        done: samples in the store.
        total: samples wanted.
        passed: of those done.
        problems_done: problems all of whose samples are in the store.
        problems: all of this rank's.
        drawn: samples drawn by this call.
        tokens: drawn by this call.
        elapsed_s: since this call began.
    """

    round: int
    purpose: Purpose
    done: int
    total: int
    passed: int
    problems_done: int
    problems: int
    drawn: int
    tokens: int
    elapsed_s: float

    @property
    def tokens_per_s(self) -> float:
        """Speed of this call, judging included."""
        return self.tokens / max(self.elapsed_s, 1e-6)

    @property
    def left_s(self) -> float | None:
        """Estimate of the time left; None before the first sample."""
        return (self.total - self.done) * self.elapsed_s / self.drawn if self.drawn else None


def collect(
    folder: RoundFolder,
    problems: Sequence[Problem],
    *,
    purpose: Purpose,
    samples: Mapping[str, int],
    sampler: Sampler,
    params: SamplingParams,
    judge: Judge,
    style: PromptStyle,
    run_seed: int,
    round_index: int,
    rank: int = 0,
    on_progress: Callable[[CollectProgress], None] = lambda progress: None,
) -> CollectProgress:
    """Bring a round's samples of one purpose to as many as each problem is to have; what is there is left alone.

    Args:
        folder: the round.
        problems: this rank's.
        purpose: the store's file, and part of the seeds.
        samples: N of each problem; one that is not named gets none.
        sampler: draws the samples.
        params: how.
        judge: gives the verdicts, while sampling goes on.
        style: of the prompt.
        run_seed: the run's seed.
        round_index: the round's number.
        rank: this process; it writes a file of its own.
        on_progress: called at the start and after each stored group.

    Returns:
        the progress at the end.
    """
    work = _Collection(folder, problems, purpose=purpose, samples=samples, rank=rank, round_index=round_index)
    prompts = {problem.id: build_prompt(problem, style=style) for problem in problems}
    own = {problem.id: problem for problem in problems}
    on_progress(work.progress())
    requests = [
        Request(problem_id, prompts[problem_id], work.seeds(problem_id, run_seed=run_seed)) for problem_id in own
    ]
    for sample in sampler.sample(requests, params):
        problem = own[sample.key]
        answer = prompts[problem.id].opening + sample.text
        program = extract_program(answer, entry_point=problem.entry_point, starter=problem.starter)
        source = None if program is None else program.source
        work.pending.append((sample, source, judge.submit(problem, source)))
        if work.store(at_least=_ROWS_PER_SYNC):
            on_progress(work.progress())
    while work.pending:
        work.pending[0][2].result()
        work.store(at_least=1)
        on_progress(work.progress())
    return work.progress()


class _Collection:
    """What of a collection is stored, under way and missing."""

    def __init__(
        self,
        folder: RoundFolder,
        problems: Sequence[Problem],
        *,
        purpose: Purpose,
        samples: Mapping[str, int],
        rank: int,
        round_index: int,
    ) -> None:
        self.began = time.monotonic()
        self.folder, self.purpose, self.samples, self.rank = folder, purpose, samples, rank
        self.round_index = round_index
        wanted = {(problem.id, index) for problem in problems for index in range(samples.get(problem.id, 0))}
        stored = [row for row in folder.read(purpose) if row.key in wanted]
        self.missing = wanted - {row.key for row in stored}
        self.left = Counter({problem.id: 0 for problem in problems})
        self.left.update(problem_id for problem_id, _ in self.missing)
        self.total, self.passed = len(wanted), sum(row.passed for row in stored)
        self.drawn = self.tokens = 0
        self.pending: list[tuple[Sample, str | None, Future[Verdict]]] = []

    def seeds(self, problem_id: str, *, run_seed: int) -> tuple[tuple[int, int], ...]:
        """(sample index, seed) of each sample that is missing."""
        purpose, number = self.purpose, self.round_index
        return tuple(
            (i, sample_seed(run_seed, purpose=purpose, round_index=number, problem_id=problem_id, sample_index=i))
            for i in range(self.samples.get(problem_id, 0))
            if (problem_id, i) in self.missing
        )

    def store(self, *, at_least: int) -> bool:
        """Save the samples whose verdict is there, if they are as many; returns whether they were."""
        ready = [entry for entry in self.pending if entry[2].done()]
        if len(ready) < at_least:
            return False
        rows = [_row(sample, source, verdict.result()) for sample, source, verdict in ready]
        self.folder.append(self.purpose, rows, rank=self.rank)
        self.pending = [entry for entry in self.pending if entry not in ready]
        self.left.subtract(row.task_id for row in rows)
        self.passed += sum(row.passed for row in rows)
        self.drawn += len(rows)
        self.tokens += sum(row.tokens for row in rows)
        return True

    def progress(self) -> CollectProgress:
        """How far it is."""
        return CollectProgress(
            round=self.round_index,
            purpose=self.purpose,
            done=self.total - len(self.missing) + self.drawn,
            total=self.total,
            passed=self.passed,
            problems_done=sum(count == 0 for count in self.left.values()),
            problems=len(self.left),
            drawn=self.drawn,
            tokens=self.tokens,
            elapsed_s=time.monotonic() - self.began,
        )


def _row(sample: Sample, source: str | None, verdict: Verdict) -> JudgedSample:
    return JudgedSample(
        task_id=sample.key,
        sample_index=sample.index,
        completion=sample.text,
        solution=source,
        outcome=verdict.outcome.value,
        passed=verdict.passed,
        passed_tests=verdict.passed_tests,
        total_tests=verdict.total_tests,
        cpu_s=verdict.cpu_s,
        wall_s=verdict.wall_s,
        peak_bytes=verdict.peak_bytes,
        message=verdict.message,
        tokens=len(sample.token_ids),
        log_prob=sample.log_prob,
        finish_reason=sample.finish_reason,
        seed=sample.seed,
        sampler=sample.sampler,
    )
