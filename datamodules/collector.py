"""One rank's engine and judge, opened at the first sample that is missing and closed at the end."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch.distributed as distributed

from axiom.generation.sampler import Sampler, SamplingParams
from axiom.policy.policy import Policy
from axiom.problems.problem import Problem
from axiom.prompts import PROMPT_VERSION, PromptStyle
from axiom.rounds.asking import Asking
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.collect import collect
from axiom.rounds.progress import CollectProgress, together
from axiom.rounds.store import Purpose, RoundFolder
from axiom.verification.judge import Judge, available_cores, default_workers


class Collector:
    """Collects what a round is missing.

    Args:
        sampler: the engine.
        params: how samples are drawn.
        style: of the prompts.
        seed: of the run.
        isolation: of the sandbox.
        judge_workers: programs judged at a time; None takes half of this rank's cores.
    """

    def __init__(
        self,
        *,
        sampler: Sampler,
        params: SamplingParams,
        style: PromptStyle,
        seed: int,
        isolation: str,
        judge_workers: int | None,
    ) -> None:
        self.sampler, self.params, self.style = sampler, params, style
        self.seed, self.isolation, self.judge_workers = seed, isolation, judge_workers
        self._judge: Judge | None = None
        self._checked: set[Purpose] = set()
        self._adapter: str | None = None  # what the engine draws with

    @property
    def sampling(self) -> dict[str, Any]:
        """What the distribution of the samples depends on, as manifests keep it."""
        return {
            "temperature": self.params.temperature,
            "top_p": self.params.top_p,
            "top_k": self.params.top_k,
            "min_p": self.params.min_p,
            "max_new_tokens": self.params.max_new_tokens,
            "stop": list(self.params.stop),
            "prompt_style": self.style,
            "prompt_version": PROMPT_VERSION,
        }

    def prepare(
        self, policy: Policy, *, workspace: Path, problems: Mapping[Purpose, Sequence[Problem]], round_index: int
    ) -> None:
        """Have the engine draw from the policy, and refuse what it cannot do; each purpose is checked once.

        Args:
            policy: what is drawn from, with its adapter as it is.
            workspace: the engine's folder.
            problems: all that will be sampled in this run, so that none fails after hours.
            round_index: the round's number.

        Raises:
            SamplingError: naming the parameter or the problem.
        """
        adapter = policy.adapter_hash()
        if adapter != self._adapter:
            self.sampler.use(policy, workspace=workspace)
            self._adapter = adapter
        for purpose in problems.keys() - self._checked:
            by_id = {problem.id: problem for problem in problems[purpose]}
            ask = Asking(by_id, style=self.style, purpose=purpose, run_seed=self.seed, round_index=round_index)
            self.sampler.check([ask.request(name, (0,)) for name in by_id], self.params)
            self._checked.add(purpose)

    def is_complete(self, folder: RoundFolder, problems: Sequence[Problem], *, purpose: Purpose, plan: Plan) -> bool:
        """Whether the folder has all that the plan wants of these problems."""
        return Budget(plan, [problem.id for problem in problems], folder.read(purpose)).finished

    def collect(
        self,
        folder: RoundFolder,
        problems: Sequence[Problem],
        *,
        purpose: Purpose,
        plan: Plan,
        round_index: int,
        rank: int,
        ranks_here: int,
        on_cpu: bool,
        on_progress: Callable[[CollectProgress], None],
    ) -> CollectProgress:
        """Sample and judge what is missing, on the policy of the last :meth:`prepare`.

        Args:
            folder: the round.
            problems: this rank's.
            purpose: what for.
            plan: how many samples each problem gets.
            round_index: the round's number.
            rank: this process.
            ranks_here: processes that share this machine's cores.
            on_cpu: whether the policy is on the cores that the judge uses.
            on_progress: called as samples are stored.

        Raises:
            SamplingError: if the engine fails for good.
        """
        cores = max(available_cores() // ranks_here, 1)
        if self._judge is None:
            workers = self.judge_workers or default_workers(cores=cores)
            self._judge = Judge(workers=workers, isolation=self.isolation).__enter__()
        return collect(
            folder,
            problems,
            purpose=purpose,
            plan=plan,
            sampler=self.sampler,
            params=self.params,
            judge=self._judge,
            style=self.style,
            run_seed=self.seed,
            round_index=round_index,
            rank=rank,
            cores=cores if on_cpu else None,
            on_progress=on_progress,
        )

    def close(self) -> None:
        """Stop the judge and the engine."""
        if self._judge is not None:
            self._judge.close()
            self._judge = None
        self.sampler.close()
        self._adapter = None


def over_ranks(own: CollectProgress | None, *, world_size: int) -> CollectProgress | None:
    """What all ranks collected together, None where nothing was missing; every rank must call it."""
    parts: list[CollectProgress | None] = [own]
    if world_size > 1:
        parts = [None] * world_size
        distributed.all_gather_object(parts, own)
    worked = [part for part in parts if part is not None]
    return together(worked) if worked else None
