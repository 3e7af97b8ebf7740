"""The DataModule whose setup samples and verifies: Best-of-N on the policy, verdicts, Examples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import lightning as L
import torch

from axiom.errors import ConfigError
from axiom.generation.sampler import Sampler, SamplingParams
from axiom.learning.curriculum import Band, Curriculum
from axiom.learning.examples import examples_of, why_none
from axiom.learning.selection import Selection
from axiom.policy.policy import Policy, read_adapter
from axiom.problems.leaks import without_leaks
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.prompts import PromptStyle
from axiom.rounds.lock import locked
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import JudgedSample, Manifest, Purpose, RoundFolder, RoundStore
from axiom.verification.judge import resolved_isolation
from datamodules.asked_round import AskedRound
from datamodules.begun_round import evaluation_folder, manifest_of, sampling_adapter, tell_start
from datamodules.collector import Collector
from datamodules.has_policy import HasPolicy
from datamodules.loaders import Composition, Together, example_loader, problem_loader, tokenized
from datamodules.planning import SAMPLED, Planning
from datamodules.round_search import RoundSearch, search_round
from datamodules.value_along import ValueAlong, learn_round


class BestOfNDataModule(L.LightningDataModule):
    """Samples and verifies what the current Round is missing, and makes its Examples.

    Args:
        sampler: the engine: ``TransformersSampler``, which the command line takes where none is named,
            ``VLLMSampler``, ``OpenAISampler``, or the path of a class with the same methods.
        train_problems: what is learned from: ``basics/train``, ``leetcode:easy[:80%]``, a JSONL file, or several,
            ``3*basics/train + mine.jsonl``; the whole form stands in ``axiom/problems/selection.py``.
        validation_problems: what rounds are chosen on, in the same form.
        test_problems: what the uplift is told on.
        train_limit: how many of these to keep; None keeps all.
        validation_limit: likewise.
        test_limit: likewise.
        samples: N for each train problem and round.
        validation_samples: N for each validation problem.
        test_samples: N for each test problem.
        enough_passing: distinct passing programs after which a train problem gets no more samples in a round; what it
            leaves goes where a sample is likeliest to add one. None draws ``samples`` of each.
        first_samples: of each, drawn whatever passes; ``collect/pass@k`` counts these. None takes ``max(model.k)``.
        temperature: divides the logits, in all sampling; 0 takes the most likely token.
        top_p: keep the smallest set of tokens whose probability reaches this; 1 keeps all.
        top_k: keep the k most likely tokens; 0 keeps all.
        min_p: keep the tokens at least this many times as likely as the likeliest; 0 keeps all.
        max_new_tokens: of a completion.
        stop: texts that end a completion, beside the prompt's own.
        prompt_style: ``direct`` (a question), ``complete`` (a function to go on with) or ``chain_of_thought``.
        curriculum: which train problems get more samples, and which retire, by how often they were solved.
        selection: which of a problem's samples are trained on, and how much each counts.
        value: whether a value function is learned in each round, and how.
        search: whether what no sample of a round solved is searched for, and how.
        batch_size: Examples in a training batch.
        share_prompts: whether Examples of one problem stand next to each other in an epoch, so that a batch encodes
            their prompt once; False mixes them at random: slower, and batches are more varied.
        judge_workers: programs judged at a time by each rank; None takes its share of half of the machine's cores.
        isolation: of the sandbox: ``auto``, ``namespaces``, ``docker`` or ``process``.
        leaks: what is done where a train problem stands in validation or test as well, or a validation problem in
            test: ``refuse`` to train, ``drop`` it from the former, or ``allow`` it.
        seed: of all sampling.
        rounds, epochs_per_round, average_rounds: the callback's; the command line links them.
    """

    def __init__(
        self,
        *,
        sampler: Sampler,
        train_problems: str = "basics/train",
        validation_problems: str = "basics/validation",
        test_problems: str = "basics/test",
        train_limit: int | None = None,
        validation_limit: int | None = None,
        test_limit: int | None = None,
        samples: int = 16,
        validation_samples: int = 8,
        test_samples: int = 16,
        enough_passing: int | None = None,
        first_samples: int | None = None,
        temperature: float = 0.8,
        top_p: float = 1.0,
        top_k: int = 0,
        min_p: float = 0.0,
        max_new_tokens: int = 192,
        stop: Sequence[str] = (),
        prompt_style: PromptStyle = "direct",
        curriculum: Curriculum = Curriculum(),  # noqa: B008 (frozen; the command line shows its fields)
        selection: Selection = Selection(),  # noqa: B008
        value: ValueAlong = ValueAlong(),  # noqa: B008
        search: RoundSearch = RoundSearch(),  # noqa: B008
        batch_size: int = 8,
        share_prompts: bool = True,
        judge_workers: int | None = None,
        isolation: str = "auto",
        leaks: Literal["refuse", "drop", "allow"] = "refuse",
        seed: int = 0,
        rounds: int = 2,
        epochs_per_round: int = 2,
        average_rounds: bool = False,
    ) -> None:
        super().__init__()
        self.style: PromptStyle = prompt_style
        self.collector = Collector(
            sampler=sampler,
            params=SamplingParams(temperature, top_p, top_k, min_p, max_new_tokens, tuple(stop)),
            style=prompt_style,
            seed=seed,
            isolation=resolved_isolation(isolation),
            judge_workers=judge_workers,
        )
        self.samples: dict[Purpose, int] = {"train": samples, "validation": validation_samples, "test": test_samples}
        self.problems: dict[Purpose, list[Problem]] = {
            "train": load_problems(train_problems, limit=train_limit),
            "validation": load_problems(validation_problems, limit=validation_limit),
            "test": load_problems(test_problems, limit=test_limit),
        }
        counts: dict[str, int | None] = {"samples": samples, "validation_samples": validation_samples}
        counts |= {"test_samples": test_samples, "batch_size": batch_size, "enough_passing": enough_passing}
        counts |= {"first_samples": first_samples, "judge_workers": judge_workers}
        for name, count in counts.items():
            if count is not None and count < 1:
                raise ConfigError(f"data.{name}: expected 1 or more, got {count}")
        self.selection, self.value, self.search = selection, value, search
        self.figures: dict[str, float] = {}  # of the current round's value function and search
        self.composition = Composition(batch_size=batch_size, share_prompts=share_prompts)
        self._planning = Planning(
            self.problems,
            self.samples,
            curriculum=curriculum,
            enough_passing=enough_passing,
            first_samples=first_samples,
        )
        self.leaks, self.seed = leaks, seed
        self.rounds, self.epochs_per_round, self.average_rounds = rounds, epochs_per_round, average_rounds
        self.round = 0
        self.collected: dict[Purpose, CollectProgress] = {}
        self._asked: AskedRound | None = None
        self._sampled: tuple[Purpose, ...] = ()

    @property
    def store(self) -> RoundStore:
        """The run's rounds."""
        assert self.trainer is not None
        return RoundStore(Path(self.trainer.default_root_dir))

    @property
    def folder(self) -> RoundFolder:
        """The current round's folder."""
        return self.store.folder(self.round)

    def collect_only(self, index: int, *, checkpoint: Path) -> None:
        """Have the next ``setup``, of any stage, collect this round's train samples as ``fit`` would.

        Args:
            index: a round that exists, or the next.
            checkpoint: where the adapter of the next is read from.
        """
        self._asked = AskedRound(index, checkpoint)

    def setup(self, stage: str) -> None:
        """For ``fit``: make sure that the newest round's train samples and verdicts exist.

        Raises:
            ConfigError: if pass@k is asked for with more than the number of samples, or a round that cannot be.
            ProblemError: if a problem is trained and measured on, or validated and tested on, or none is left.
            SamplingError: if the engine cannot do what is asked.
        """
        assert self.trainer is not None
        module, stage = self._module(), "fit" if self._asked is not None else stage
        self.selection.check(learns_groups=module.objective.needs_tokens)
        self.value.check(self.selection, module.objective, shards_base=module.hparams["shard_base"])
        self.search.check(value=self.value, objective=module.objective, style=self.style)
        self._sampled = SAMPLED[stage]
        self._planning.check(stage, k=module.k)
        if stage == "fit" and self.leaks != "allow":
            drop, (train, validation, test) = self.leaks == "drop", self.problems.values()
            self.problems["train"] = without_leaks(train, [*validation, *test], drop=drop)
            self.problems["validation"] = without_leaks(validation, test, drop=drop, use="validation")
        self.collector.join(self.trainer)
        policy = self._policy()
        if self._rank == 0:
            tell_start(self._manifest(policy), policy, self._to_sample())
        if stage != "fit":
            return
        self._lock = locked(self.store.run) if self._rank == 0 else None
        self.store.check(self._manifest(policy))
        self.round = self._begin_or_find(policy)
        policy.load_adapter(self.folder.adapter)
        if self.round < self.rounds or self._asked is not None:
            self.collect("train")

    def _begin_or_find(self, policy: Policy) -> int:
        """The round to go on with; begun where it is not there, once the engine is known to do what is asked."""
        newest = self.newest_round()
        index = newest or 0
        if self._asked is not None:
            state = self._asked.adapter_state(self.store, newest, epochs_per_round=self.epochs_per_round)
            if state is not None:
                self._module().load_state_dict(state)
            index = self._asked.index
        if newest is None or index > newest:
            problems = self._to_sample()
            self.collector.prepare(policy, workspace=self._workspace, problems=problems, round_index=index)
            self.begin_round(index)
        return index

    def newest_round(self) -> int | None:
        """The newest round as rank 0 sees it: another rank may look after rank 0 has begun the next."""
        assert self.trainer is not None
        newest: int | None = self.trainer.strategy.broadcast(self.store.newest())
        return newest

    def begin_round(self, index: int) -> None:
        """Write a round's adapter and manifest, from the policy as it is, before its first sample."""
        policy, folder = self._policy(), self.store.folder(index)
        if self._rank == 0 and not (folder.path / "manifest.json").is_file():
            with policy.with_adapter(sampling_adapter(policy, self.store, index, is_averaged=self.average_rounds)):
                policy.save_adapter(folder.adapter)
                folder.write_manifest(self._manifest(policy, index=index))
        self._barrier()
        self.round = index

    def collect(self, purpose: Purpose) -> list[JudgedSample]:
        """Sample and judge, by its adapter, what the current round is missing; returns its rows of this purpose."""
        with self._policy().with_adapter(read_adapter(self.folder.adapter)):
            self._collect(self.folder, purpose)
            if purpose == "train":
                self.figures = self._learn_and_search()
        return self.collector.alike(lambda: self.folder.read(purpose))

    def _learn_and_search(self) -> dict[str, float]:
        """Learn the round's value function, and search for what its samples have not solved; figures of both."""
        told: dict[str, float] = {}
        if self.value.learn:
            told |= learn_round(self.collector, self.store, self.round, self._policy(), self.problems, how=self.value)
        if self.search.name is not None:
            told |= search_round(
                self.collector,
                self.folder,
                self._to_sample(),
                how=self.search,
                policy=self._policy(),
                workspace=self._workspace,
                round_index=self.round,
            )
        return told

    def solve(self, problems: Sequence[Problem], purpose: Purpose) -> list[JudgedSample]:
        """Judged samples of this rank's problems, kept beside the run so that an evaluation that stopped goes on."""
        manifest = self._manifest(self._policy())
        folder = evaluation_folder(self.store, manifest, self.problems[purpose])
        if self._rank == 0:
            folder.write_manifest(manifest)
        self._barrier()
        self._collect(folder, purpose)
        wanted = {problem.id for problem in problems}
        rows = self.collector.alike(lambda: folder.read(purpose))
        return [row for row in rows if row.task_id in wanted and row.sample_index < self.samples[purpose]]

    def _collect(self, folder: RoundFolder, purpose: Purpose) -> None:
        """Sample and judge, on all ranks, what is missing."""
        assert self.trainer is not None
        collected = self.collector.collect(
            folder,
            self._to_sample(),
            purpose=purpose,
            plan=self._planning.plan(self.store, self.round, purpose, k=self._module().k),
            policy=self._policy(),
            workspace=self._workspace,
            round_index=self.round,
        )
        if collected is not None:
            self.collected[purpose] = collected

    def _to_sample(self) -> dict[Purpose, Sequence[Problem]]:
        return {purpose: self.problems[purpose] for purpose in self._sampled}

    @property
    def _workspace(self) -> Path:
        return self.store.run / "engine"

    def before_stopping(self, rows: Sequence[JudgedSample]) -> list[JudgedSample]:
        """Of the current round's train samples those that pass@k counts."""
        return self._planning.before_stopping(rows, self.store, self.round, k=self._module().k)

    def bands(self) -> dict[str, Band]:
        """The curriculum's band of each train problem, by all rounds up to the current one."""
        return self._planning.bands(self.store, self.round)

    def examples(self) -> list[Together]:
        """The current round's Examples, and what is replayed of earlier ones, as tokens."""
        objective, first = self._module().objective, 0 if self.selection.replay else self.round
        rounds = [self.store.folder(index).read_learned() for index in range(first, self.round + 1)]
        return tokenized(
            examples_of(rounds, objective, self.selection),
            {problem.id: problem for problem in self.problems["train"]},
            policy=self._policy(),
            style=self.style,
            as_drawn=objective.needs_tokens,
        )

    def train_dataloader(self) -> Any:
        """Batches of the Examples of the round that the trainer's epoch belongs to.

        A run that was stopped between a checkpoint and the next round's first sample begins that round here.

        Raises:
            ConfigError: when there is nothing to learn from, as where no sample passed.
        """
        assert self.trainer is not None
        # Lightning asks before it has put `current_epoch` right after a checkpoint from an epoch's end.
        epoch = self.trainer.fit_loop.epoch_progress.current.processed  # type: ignore[attr-defined]
        index = min(epoch // self.epochs_per_round, self.rounds - 1)
        newest = self.newest_round()
        if newest is None or newest < index:
            self.begin_round(index)
            self.collect("train")
        self.round = index
        examples = self.collector.alike(self.examples)
        if not examples:
            raise ConfigError(f"round {self.round}: {why_none(self.folder.read('train'), self._module().objective)}")
        return example_loader(
            examples,
            self.composition,
            seed=self.seed * 10_000 + epoch,
            rank=self._rank,
            world_size=self.trainer.world_size,
            accumulated=self.trainer.accumulate_grad_batches,
            averages_over=self._module().objective.averages_over,
        )

    def val_dataloader(self) -> Any:
        """One batch: this rank's share of the validation problems, each of them once."""
        return self._problem_loader("validation")

    def test_dataloader(self) -> Any:
        """One batch: this rank's share of the test problems."""
        return self._problem_loader("test")

    def predict_dataloader(self) -> Any:
        """The test problems."""
        return self._problem_loader("test")

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """Tensors go to the device; problems stay as they are, which Lightning's own walk would refuse."""
        if isinstance(batch, list):
            return batch
        return super().transfer_batch_to_device(batch, device, dataloader_idx)

    def _problem_loader(self, purpose: Purpose) -> Any:
        assert self.trainer is not None
        return problem_loader(self.problems[purpose][self._rank :: self.trainer.world_size])

    def teardown(self, stage: str) -> None:
        """Stop the judge and the engine."""
        self.collector.close()

    def on_exception(self, exception: BaseException) -> None:
        """The same: Lightning calls no teardown after an error, of which an interruption is none."""
        self.collector.close(failed=isinstance(exception, Exception))

    def _module(self) -> HasPolicy:
        assert self.trainer is not None
        module: HasPolicy = self.trainer.lightning_module  # type: ignore[assignment]
        return module

    def _policy(self) -> Policy:
        assert self.trainer is not None
        return self._module().build_policy(self.trainer.strategy.root_device)

    def _manifest(self, policy: Policy, *, index: int = 0) -> Manifest:
        return manifest_of(
            policy,
            self.collector,
            index=index,
            seed=self.seed,
            problems=self.problems,
            enough_passing=self._planning.enough_passing,
            loop={"epochs_per_round": self.epochs_per_round, "average_rounds": self.average_rounds},
        )

    @property
    def _rank(self) -> int:
        assert self.trainer is not None
        return int(self.trainer.global_rank)

    def _barrier(self) -> None:
        assert self.trainer is not None
        self.trainer.strategy.barrier()
