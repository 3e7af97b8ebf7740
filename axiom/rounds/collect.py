"""Best-of-N into the store: sample what is missing, judge it as it finishes, save it.

Sampling and judging overlap, within bounds: the next sample is not drawn while too many wait for a verdict.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, Sample, Sampler, SamplingParams
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.prompts import PromptStyle
from axiom.rounds.asking import Asking
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.judging import Judging, judged_sample
from axiom.rounds.processors import Processors
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import JudgedSample, Purpose, RoundFolder
from axiom.rounds.work import Together, Work
from axiom.verification.judge import Judge

_ROWS_PER_SYNC = 16
# Samples without a verdict, after which none is drawn. An accelerator's step may end hundreds of rows at once, and what
# waits takes no processor from it.
_WAITING, _WAITING_BESIDE_AN_ACCELERATOR = 64, 1024


def collect(
    folder: RoundFolder,
    problems: Sequence[Problem],
    *,
    purpose: Purpose,
    plan: Plan,
    sampler: Sampler,
    params: SamplingParams,
    judge: Judge,
    style: PromptStyle,
    run_seed: int,
    round_index: int,
    rank: int = 0,
    together: Together | None = None,
    cores: int | None = None,
    on_progress: Callable[[CollectProgress], None] = lambda progress: None,
) -> CollectProgress:
    """Bring a round's samples of one purpose to what the plan wants; what is there is left alone.

    Ranks divide the work between them; each returns once all have ended.

    Args:
        folder: the round.
        problems: of all ranks, in the same order on each.
        purpose: the store's file, and part of the seeds.
        plan: how many samples each problem gets.
        sampler: draws the samples.
        params: how.
        judge: gives the verdicts, while sampling goes on.
        style: of the prompt.
        run_seed: the run's seed.
        round_index: the round's number.
        rank: this process; it writes a file of its own.
        together: what the ranks of this collection share; None for a process alone.
        cores: processors that the engine's steps share with the judge; None where they use an accelerator.
        on_progress: called at the start and after each stored group.

    Returns:
        the progress at the end.

    Raises:
        SamplingError: before anything is drawn, if the engine cannot serve a prompt or a parameter; or later if it
            fails for good, after what it drew is stored.
    """
    work = _Collection(
        folder,
        problems,
        purpose=purpose,
        plan=plan,
        limit=_WAITING_BESIDE_AN_ACCELERATOR if cores is None else _WAITING,
        judge=judge,
        rank=rank,
        round_index=round_index,
        work=Work(together),
    )
    ask = Asking(work.problems, style=style, purpose=purpose, run_seed=run_seed, round_index=round_index)

    def requests() -> Iterator[Request | None]:
        """Each is made when the engine has room for it, from what is known by then."""
        for given in work.budget.next_samples():
            yield None if given is None else ask.request(*given)
            work.note()

    sampler.check([ask.request(problem_id, (0,)) for problem_id in work.problems], params)
    on_progress(work.progress())
    while not work.budget.finished:
        try:
            with nullcontext() if cores is None else Processors(work.judging, cores=cores) as processors:
                before_step = (lambda: None) if processors is None else processors.before_step
                for sample in sampler.sample(requests(), params, before_step=before_step):
                    work.add(sample, ask.answer(sample))
                    if work.store(at_least=_ROWS_PER_SYNC):
                        on_progress(work.progress())
        except SamplingError:
            work.finish()
            raise
        work.finish()
        on_progress(work.progress())
        if work.budget.unjudged:
            raise SamplingError(f"{sampler.name} ended without {work.budget.unjudged} of the samples asked of it")
    waited_share = work.work.waited_share(time.monotonic() - work.began)
    return replace(work.progress(), waited_share=waited_share)


class _Collection:
    """What of a collection is stored, under way and missing."""

    def __init__(
        self,
        folder: RoundFolder,
        problems: Sequence[Problem],
        *,
        purpose: Purpose,
        plan: Plan,
        limit: int,
        judge: Judge,
        rank: int,
        round_index: int,
        work: Work,
    ) -> None:
        self.began = time.monotonic()
        self.folder, self.purpose, self.rank, self.round_index = folder, purpose, rank, round_index
        self.problems = {problem.id: problem for problem in problems if plan.samples.get(problem.id, 0)}
        stored = [row for row in folder.read(purpose) if row.task_id in self.problems]
        self.budget, self.work = Budget(plan, list(self.problems), stored, work), work
        self.judging = Judging(judge, self.problems, stored, limit=limit)
        self.ready: list[JudgedSample] = []
        self.duplicates, self.problems_done = 0, self.budget.problems_done
        work.begin("done", len(stored))
        work.begin("problems_done", self.problems_done)
        work.begin("passed", sum(row.passed for row in stored))

    def add(self, sample: Sample, answer: str) -> None:
        """Take a sample in, and wait for the judge where too many wait for it."""
        problem = self.problems[sample.key]
        program = extract_program(answer, entry_point=problem.entry_point, starter=problem.starter)
        self.judging.add(sample, None if program is None else program.source)
        while self.judging.is_full:
            self.judging.release()
            self.judging.wait()
            self.note()

    def finish(self) -> None:
        """Wait for all verdicts and store them."""
        self.judging.release()
        while self.judging.waiting:
            self.judging.wait()
            self.note()
        self.store()

    def note(self) -> None:
        """Take the verdicts that are there into account."""
        for judged in self.judging.take():
            row = judged_sample(judged)
            self.budget.judged(row)
            self.ready.append(row)
            self.duplicates += judged.is_duplicate

    def store(self, *, at_least: int = 1) -> bool:
        """Save the samples whose verdict is there, if they are as many; returns whether they were."""
        self.note()
        if len(self.ready) < at_least:
            return False
        rows, self.ready = self.ready, []
        self.folder.append(self.purpose, rows, rank=self.rank)
        self.work.add("done", len(rows))
        self.work.add("drawn", len(rows))
        self.work.add("passed", sum(row.passed for row in rows))
        self.work.add("tokens", sum(row.tokens for row in rows))
        return True

    def progress(self) -> CollectProgress:
        """How far all ranks are, as far as they have told."""
        duplicates, self.duplicates = self.duplicates, 0
        before, self.problems_done = self.problems_done, self.budget.problems_done
        return CollectProgress(
            round=self.round_index,
            purpose=self.purpose,
            done=self.work.add("done"),
            total=self.budget.total,
            passed=self.work.add("passed"),
            problems_done=self.work.add("problems_done", self.problems_done - before),
            problems=len(self.problems),
            waiting=self.judging.waiting,
            duplicates=self.work.add("duplicates", duplicates),
            drawn=self.work.add("drawn"),
            tokens=self.work.add("tokens"),
            elapsed_s=time.monotonic() - self.began,
        )
