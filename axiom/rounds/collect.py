"""Best-of-N into the store: sample what is missing, judge it as it finishes, save it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams, sample_seed
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle, build_messages, extract_program
from axiom.rounds.store import JudgedSample, Purpose, RoundFolder
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict

_ROWS_PER_SYNC = 16


@dataclass(frozen=True, slots=True)
class CollectProgress:
    """How far a collection is.

    Attributes:
        purpose: what is collected.
        done: samples in the store.
        total: samples wanted.
        passed: of those done.
        tokens: drawn by this call.
    """

    purpose: Purpose
    done: int
    total: int
    passed: int
    tokens: int


def collect(
    folder: RoundFolder,
    problems: Sequence[Problem],
    *,
    purpose: Purpose,
    samples: int,
    sampler: Sampler,
    params: SamplingParams,
    judge: Judge,
    style: PromptStyle,
    run_seed: int,
    round_index: int,
    rank: int = 0,
    on_progress: Callable[[CollectProgress], None] = lambda progress: None,
) -> int:
    """Bring a round's samples of one purpose to ``samples`` for each problem; what is there is left alone.

    Args:
        folder: the round.
        problems: this rank's.
        purpose: the store's file, and part of the seeds.
        samples: N, for each problem.
        sampler: draws the samples.
        params: how.
        judge: gives the verdicts, while sampling goes on.
        style: of the prompt.
        run_seed: the run's seed.
        round_index: the round's number.
        rank: this process; it writes a file of its own.
        on_progress: called after each stored group.

    Returns:
        tokens drawn.
    """
    stored = {row.key: row for row in folder.read(purpose)}
    own = {problem.id: problem for problem in problems}
    wanted = {(problem_id, index) for problem_id in own for index in range(samples)}
    missing = wanted - stored.keys()
    passed = sum(stored[key].passed for key in wanted & stored.keys())
    done, tokens = len(wanted) - len(missing), 0

    def request(problem: Problem) -> Request:
        indices = [index for index in range(samples) if (problem.id, index) in missing]
        seeds = [
            sample_seed(run_seed, purpose=purpose, round_index=round_index, problem_id=problem.id, sample_index=index)
            for index in indices
        ]
        return Request(problem.id, build_messages(problem, style=style), tuple(zip(indices, seeds, strict=True)))

    pending: list[tuple[Sample, str | None, Future[Verdict]]] = []

    def store(*, everything: bool) -> None:
        nonlocal passed, done
        ready = [entry for entry in pending if everything or entry[2].done()]
        if not ready or (len(ready) < _ROWS_PER_SYNC and not everything):
            return
        rows = [_row(sample, source, verdict.result()) for sample, source, verdict in ready]
        folder.append(purpose, rows, rank=rank)
        for entry in ready:
            pending.remove(entry)
        passed, done = passed + sum(row.passed for row in rows), done + len(rows)
        on_progress(CollectProgress(purpose, done, len(wanted), passed, tokens))

    for sample in sampler.sample([request(problem) for problem in own.values()], params):
        problem = own[sample.key]
        program = extract_program(sample.text, entry_point=problem.entry_point, starter=problem.starter)
        source = None if program is None else program.source
        pending.append((sample, source, judge.submit(problem, source)))
        tokens += len(sample.token_ids)
        store(everything=False)
    store(everything=True)
    return tokens


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
