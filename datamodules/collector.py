"""One rank's engine and judge, opened at the first sample that is missing and closed at the end."""

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import lightning as L

from axiom.generation.sampler import Sampler, SamplingParams
from axiom.policy.policy import Policy
from axiom.problems.problem import Problem
from axiom.prompts import PROMPT_VERSION, PromptStyle
from axiom.rounds.asking import Asking
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.collect import collect
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import Purpose, RoundFolder
from axiom.verification.judge import Judge, available_cores, available_processors, default_workers
from datamodules.ranks import Ranks, ranks_of

_Read = TypeVar("_Read")


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
        self._ranks: Ranks | None = None
        self._trainer: L.Trainer | None = None
        self._cores = available_cores()  # this rank's
        self._checked: set[Purpose] = set()
        self._adapter: str | None = None  # what the engine draws with

    def join(self, trainer: L.Trainer) -> None:
        """Share the work with the trainer's other ranks, each of which calls this, until :meth:`close`."""
        self._ranks = self._ranks or ranks_of(trainer)
        self._cores = share_of_cores(self._ranks, available_processors(), node=trainer.node_rank)
        self._trainer = trainer

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
        """Have the engine draw from the policy and the judge ready; refuse what they cannot do, each purpose once.

        Args:
            policy: what is drawn from, with its adapter as it is.
            workspace: the engine's folder.
            problems: all that will be sampled in this run, so that none fails after hours.
            round_index: the round's number.

        Raises:
            SamplingError: naming the parameter or the problem.
            SandboxError: if the isolation is not to be had.
        """
        if self._judge is None:
            workers = self.judge_workers or default_workers(cores=self._cores)
            self._judge = Judge(workers=workers, isolation=self.isolation).__enter__()
        adapter = policy.adapter_hash()
        if adapter != self._adapter:
            self.sampler.use(policy, workspace=workspace)
            self._adapter = adapter
        for purpose in problems.keys() - self._checked:
            by_id = {problem.id: problem for problem in problems[purpose]}
            ask = Asking(by_id, style=self.style, purpose=purpose, run_seed=self.seed, round_index=round_index)
            self.sampler.check([ask.request(name, (0,)) for name in by_id], self.params)
            self._checked.add(purpose)

    def collect(
        self,
        folder: RoundFolder,
        problems: Mapping[Purpose, Sequence[Problem]],
        *,
        purpose: Purpose,
        plan: Plan,
        policy: Policy,
        workspace: Path,
        round_index: int,
    ) -> CollectProgress | None:
        """Sample and judge what is missing; every rank calls this, and all of it is there afterwards.

        Args:
            folder: the round.
            problems: of all ranks, and of all purposes that will be sampled in this run.
            purpose: what for.
            plan: how many samples each problem gets.
            policy: what is drawn from, with its adapter as it is.
            workspace: the engine's folder.
            round_index: the round's number.

        Returns:
            how it went; None where nothing was missing.

        Raises:
            SamplingError: if the engine fails for good.
            RankLostError: if another rank ends meanwhile.
        """
        assert self._ranks is not None
        wanted = [problem.id for problem in problems[purpose]]
        is_missing = not Budget(plan, wanted, folder.read(purpose)).finished
        if not any(self._ranks.gather(float(is_missing))):
            return None
        self.prepare(policy, workspace=workspace, problems=problems, round_index=round_index)
        assert self._judge is not None
        return collect(
            folder,
            problems[purpose],
            purpose=purpose,
            plan=plan,
            sampler=self.sampler,
            params=self.params,
            judge=self._judge,
            style=self.style,
            run_seed=self.seed,
            round_index=round_index,
            rank=self._ranks.rank,
            together=self._ranks.together(),
            cores=self._cores if policy.device.type == "cpu" else None,
            on_progress=self.report,
        )

    @property
    def judge(self) -> Judge:
        """Of hidden tests, once :meth:`prepare` has opened it."""
        assert self._judge is not None
        return self._judge

    @property
    def rank(self) -> int:
        """This process's number."""
        assert self._ranks is not None
        return self._ranks.rank

    def share_of(self, problems: Sequence[Problem]) -> list[Problem]:
        """This rank's of them."""
        assert self._ranks is not None
        return list(problems[self._ranks.rank :: self._ranks.world_size])

    def report(self, progress: CollectProgress) -> None:
        """Tell every callback that has the hook ``on_collect_progress(trainer, progress)``."""
        assert self._trainer is not None
        for callback in self._trainer.callbacks:  # type: ignore[attr-defined]
            if hook := getattr(callback, "on_collect_progress", None):
                hook(self._trainer, progress)

    def alike(self, read: Callable[[], _Read]) -> _Read:
        """What is read of the run's folder, once it is the same on every rank, each of which calls this.

        Raises:
            RoundStoreError: if it stays another.
        """
        assert self._ranks is not None
        return self._ranks.alike(read)

    def wait_for_all(self) -> None:
        """Return once every rank has called this, however long that takes."""
        assert self._ranks is not None
        self._ranks.gather(0.0)

    def close(self, *, failed: bool = False) -> None:
        """Stop the judge and the engine, and leave the other ranks, which end as well where this one has failed."""
        if self._judge is not None:
            self._judge.close()
            self._judge = None
        if self._ranks is not None:
            self._ranks.close(failed=failed)
            self._ranks = None
        self.sampler.close()
        self._adapter = None


def share_of_cores(ranks: Ranks, processors: Collection[int], *, node: int) -> int:
    """A rank's cores: those that it may run on, divided by the ranks that may run on the same; every rank calls this.

    ``torchrun``'s ranks may run anywhere on their machine, and ``srun`` may have bound each to cores of its own.

    Args:
        ranks: of the run.
        processors: the numbers of those that this rank may run on.
        node: its machine's number.
    """
    own = float(zlib.crc32(repr((node, sorted(processors))).encode()))
    return max(len(processors) // ranks.gather(own).count(own), 1)
