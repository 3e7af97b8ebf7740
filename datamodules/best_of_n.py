"""The DataModule whose setup samples and verifies: Best-of-N on the policy, verdicts, Examples."""

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, Protocol

import lightning as L
import torch
from torch.utils.data import DataLoader, IterableDataset

from axiom.errors import ConfigError
from axiom.generation.sampler import SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler, encode_prompt
from axiom.learning.curriculum import Band, Counts, Curriculum, allotments, bands
from axiom.learning.selection import select_passing
from axiom.policy.policy import Policy
from axiom.problems.leaks import without_leaks
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems, problem_set_hash
from axiom.prompts import PROMPT_VERSION, PromptStyle, build_prompt
from axiom.rounds.collect import CollectProgress, collect
from axiom.rounds.store import JudgedSample, Manifest, Purpose, RoundFolder, RoundStore, counts_by_problem
from axiom.verification.judge import Judge, default_workers, resolved_isolation
from datamodules.collation import TokenizedExample, collate

_VERSIONS = ("torch", "transformers", "peft", "bitsandbytes", "lightning")


_EVALUATED: dict[str, tuple[Purpose, ...]] = {
    "fit": ("validation", "test"),
    "validate": ("validation",),
    "test": ("test",),
}


class HasPolicy(Protocol):
    """What the DataModule asks of the LightningModule."""

    k: Sequence[int]

    def build_policy(self, device: torch.device) -> Policy: ...


class _OneBatch(IterableDataset[list[Problem]]):
    """All problems of this rank at once, so that the sampler keeps its batch full; Lightning adds no sampler to it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems

    def __iter__(self) -> Iterator[list[Problem]]:
        yield self.problems


class BestOfNDataModule(L.LightningDataModule):
    """Samples and verifies what the current Round is missing, and makes its Examples.

    Args:
        train_problems: what is learned from: ``basics/train``, ``leetcode:easy[:80%]``, a JSONL file, or several,
            ``3*basics/train + mine.jsonl``; the whole form stands in :mod:`axiom.problems.selection`.
        validation_problems: what rounds are chosen on, in the same form.
        test_problems: what the uplift is told on.
        train_limit, validation_limit, test_limit: how many problems to keep; None keeps all.
        samples: N for each train problem and round.
        validation_samples, test_samples: N for each of theirs.
        temperature: of all sampling.
        top_p: of all sampling.
        max_new_tokens: of a completion.
        prompt_style: ``direct`` or ``chain_of_thought``.
        curriculum: which train problems get more samples, and which retire, by how often they were solved; by
            default all get the same.
        max_examples_per_problem: cap on distinct passing programs.
        batch_size: Examples in a training batch.
        rows: completions decoded together.
        judge_workers: programs judged at a time; None takes half of the cores.
        isolation: of the sandbox: ``auto``, ``namespaces`` or ``process``.
        leaks: what is done where a train problem stands in validation or test as well: ``refuse`` to train, ``drop``
            it from what is trained on, or ``allow`` it.
        seed: of all sampling.
        rounds, epochs_per_round: the callback's; the command line links them.
    """

    def __init__(
        self,
        *,
        train_problems: str = "basics/train",
        validation_problems: str = "basics/validation",
        test_problems: str = "basics/test",
        train_limit: int | None = None,
        validation_limit: int | None = None,
        test_limit: int | None = None,
        samples: int = 16,
        validation_samples: int = 8,
        test_samples: int = 16,
        temperature: float = 0.8,
        top_p: float = 1.0,
        max_new_tokens: int = 192,
        prompt_style: PromptStyle = "direct",
        curriculum: Curriculum = Curriculum(),  # noqa: B008 (frozen; the command line shows its fields)
        max_examples_per_problem: int = 4,
        batch_size: int = 8,
        rows: int = 96,
        judge_workers: int | None = None,
        isolation: str = "auto",
        leaks: Literal["refuse", "drop", "allow"] = "refuse",
        seed: int = 0,
        rounds: int = 2,
        epochs_per_round: int = 2,
    ) -> None:
        super().__init__()
        self.style: PromptStyle = prompt_style
        self.params = SamplingParams(temperature=temperature, top_p=top_p, max_new_tokens=max_new_tokens)
        self.samples: dict[Purpose, int] = {
            "train": samples,
            "validation": validation_samples,
            "test": test_samples,
        }
        self.problems: dict[Purpose, list[Problem]] = {
            "train": load_problems(train_problems, limit=train_limit),
            "validation": load_problems(validation_problems, limit=validation_limit),
            "test": load_problems(test_problems, limit=test_limit),
        }
        counts: dict[str, int] = {**self.samples, "batch_size": batch_size, "rows": rows}  # type: ignore[dict-item]
        for name, count in counts.items():
            if count < 1:
                raise ConfigError(f"data.{name}: expected 1 or more, got {count}")
        self.max_examples_per_problem, self.batch_size = max_examples_per_problem, batch_size
        self.sampler = TransformersSampler(rows=rows)
        self.judge_workers = judge_workers or default_workers()
        self.isolation = resolved_isolation(isolation)
        self.leaks = leaks
        self.curriculum = curriculum
        self.seed = seed
        self.rounds, self.epochs_per_round = rounds, epochs_per_round
        self.round = 0
        self.tokens_per_s: dict[Purpose, float] = {}
        self._judge: Judge | None = None

    @property
    def store(self) -> RoundStore:
        """The run's rounds."""
        assert self.trainer is not None
        return RoundStore(Path(self.trainer.default_root_dir))

    @property
    def folder(self) -> RoundFolder:
        """The current round's folder."""
        return self.store.folder(self.round)

    def setup(self, stage: str) -> None:
        """For ``fit``: make sure that the newest round's train samples and verdicts exist.

        Raises:
            ConfigError: if pass@k is asked for with more than the number of samples.
            ProblemError: if a train problem stands in validation or test as well, or none is left.
        """
        self._check_samples(stage)
        if stage == "fit" and self.leaks != "allow":
            measured = [*self.problems["validation"], *self.problems["test"]]
            self.problems["train"] = without_leaks(self.problems["train"], measured, drop=self.leaks == "drop")
        policy = self._policy()
        if stage != "fit":
            return
        self.store.check(self._manifest(policy))
        newest = self._newest()
        if newest is None:
            self.begin_round(0)
            newest = 0
        self.round = newest
        policy.load_adapter(self.folder.adapter)
        if self.round < self.rounds:
            self.collect("train")

    def _check_samples(self, stage: str) -> None:
        budget = max(self._module().k)
        for purpose in _EVALUATED.get(stage, ()):
            if self.samples[purpose] < budget:
                raise ConfigError(
                    f"pass@{budget} needs {budget} samples of each problem; data.{purpose}_samples is "
                    f"{self.samples[purpose]}: raise it, or lower model.k"
                )

    def _newest(self) -> int | None:
        """The newest round as rank 0 sees it: another rank may look after rank 0 has begun the next."""
        assert self.trainer is not None
        newest: int | None = self.trainer.strategy.broadcast(self.store.newest())
        return newest

    def begin_round(self, index: int) -> None:
        """Write a round's adapter and manifest, from the policy as it is, before its first sample."""
        policy = self._policy()
        folder = self.store.folder(index)
        if self._rank == 0 and not (folder.path / "manifest.json").is_file():
            policy.save_adapter(folder.adapter)
            folder.write_manifest(self._manifest(policy, index=index))
        self._barrier()
        self.round = index

    def collect(self, purpose: Purpose) -> list[JudgedSample]:
        """Sample and judge what the current round is missing; returns all its rows of this purpose."""
        assert self.trainer is not None
        problems = self.problems[purpose]
        self._collect(self.folder, problems[self._rank :: self.trainer.world_size], purpose)
        self._barrier()
        return self.folder.read(purpose)

    def solve(self, problems: Sequence[Problem], purpose: Purpose) -> list[JudgedSample]:
        """Judged samples of this rank's problems, kept beside the run so that an evaluation that stopped goes on.

        The folder is named by the hashes of the adapter and of what is asked, so another adapter, problem file or
        sampling parameter never reads these rows.
        """
        policy = self._policy()
        manifest = self._manifest(policy)
        asked = f"{manifest.sampling} {manifest.seed} {manifest.base} {problem_set_hash(self.problems[purpose])}"
        name = f"{manifest.adapter_hash}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}"
        folder = RoundFolder(self.store.run / "evaluations" / name)
        if self._rank == 0:
            folder.write_manifest(manifest)
        self._barrier()
        self._collect(folder, problems, purpose)
        wanted = {problem.id for problem in problems}
        return [
            row for row in folder.read(purpose) if row.task_id in wanted and row.sample_index < self.samples[purpose]
        ]

    def _collect(self, folder: RoundFolder, problems: Sequence[Problem], purpose: Purpose) -> None:
        counts = self._allotted(purpose)
        problems = [problem for problem in problems if problem.id in counts]
        stored = {row.key for row in folder.read(purpose)}
        if all((problem.id, index) in stored for problem in problems for index in range(counts[problem.id])):
            return
        policy = self._policy()
        if self._judge is None:
            self._judge = Judge(workers=self.judge_workers, isolation=self.isolation).__enter__()
        self.sampler.bind(policy.sampling_model(), policy.tokenizer)
        done = collect(
            folder,
            problems,
            purpose=purpose,
            samples=counts,
            sampler=self.sampler,
            params=self.params,
            judge=self._judge,
            style=self.style,
            run_seed=self.seed,
            round_index=self.round,
            rank=self._rank,
            on_progress=self._report,
        )
        self.tokens_per_s[purpose] = done.tokens_per_s

    def _allotted(self, purpose: Purpose) -> dict[str, int]:
        """How many samples each problem gets in the current round."""
        names, samples = [problem.id for problem in self.problems[purpose]], self.samples[purpose]
        if purpose != "train":
            return dict.fromkeys(names, samples)
        least = min(samples, max(self._module().k))
        return allotments(names, self._history(self.round), self.curriculum, samples=samples, least=least)

    def _history(self, rounds: int) -> list[Counts]:
        """Train samples drawn and passed of each problem, by round, of the first so many rounds."""
        return [counts_by_problem(self.store.folder(index).read("train")) for index in range(rounds)]

    def bands(self) -> dict[str, Band]:
        """The curriculum's band of each train problem, by all rounds up to the current one."""
        names = [problem.id for problem in self.problems["train"]]
        return bands(names, self._history(self.round + 1), self.curriculum)

    def _report(self, progress: CollectProgress) -> None:
        """Tell every callback that has the hook ``on_collect_progress(trainer, progress)``."""
        assert self.trainer is not None
        for callback in self.trainer.callbacks:  # type: ignore[attr-defined]
            hook = getattr(callback, "on_collect_progress", None)
            if hook is not None:
                hook(self.trainer, progress)

    def examples(self) -> list[TokenizedExample]:
        """The current round's Examples: distinct passing samples as prompt and completion tokens."""
        policy = self._policy()
        problems = {problem.id: problem for problem in self.problems["train"]}
        rows = select_passing(self.folder.read("train"), max_per_problem=self.max_examples_per_problem)
        made = []
        for row in rows:
            prompt = encode_prompt(policy.tokenizer, build_prompt(problems[row.task_id], style=self.style))
            completion = policy.tokenizer(row.completion, add_special_tokens=False)["input_ids"]
            made.append(TokenizedExample(tuple(prompt), (*completion, policy.tokenizer.eos_token_id)))
        return made

    def train_dataloader(self) -> Any:
        """Batches of the Examples of the round that the trainer's epoch belongs to.

        A run that was stopped between a checkpoint and the next round's first sample begins that round here.

        Raises:
            ConfigError: when no sample passed, so there is nothing to learn from.
        """
        assert self.trainer is not None
        # Lightning asks before it has put `current_epoch` right after a checkpoint from an epoch's end.
        epoch = self.trainer.fit_loop.epoch_progress.current.processed  # type: ignore[attr-defined]
        index = min(epoch // self.epochs_per_round, self.rounds - 1)
        newest = self._newest()
        if newest is None or newest < index:
            self.begin_round(index)
            self.collect("train")
        self.round = index
        examples = self.examples()
        if not examples:
            raise ConfigError(
                f"round {self.round}: none of {len(self.folder.read('train'))} samples passed; give easier problems, "
                "more samples (data.samples) or a stronger base model"
            )
        pad = self._policy().tokenizer.pad_token_id
        generator = torch.Generator().manual_seed(self.seed * 10_000 + epoch)
        return DataLoader(
            examples,  # type: ignore[arg-type]  # a list is a map-style dataset
            batch_size=self.batch_size,
            shuffle=True,
            generator=generator,
            collate_fn=lambda batch: collate(batch, pad_token_id=pad),
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
        own = self.problems[purpose][self._rank :: self.trainer.world_size]
        return DataLoader(_OneBatch(own), batch_size=None)

    def teardown(self, stage: str) -> None:
        """Stop the judge."""
        if self._judge is not None:
            self._judge.close()
            self._judge = None

    def _module(self) -> HasPolicy:
        assert self.trainer is not None
        module: HasPolicy = self.trainer.lightning_module  # type: ignore[assignment]
        return module

    def _policy(self) -> Policy:
        assert self.trainer is not None
        return self._module().build_policy(self.trainer.strategy.root_device)

    def _manifest(self, policy: Policy, *, index: int = 0) -> Manifest:
        sampling = {
            "temperature": self.params.temperature,
            "top_p": self.params.top_p,
            "max_new_tokens": self.params.max_new_tokens,
            "prompt_style": self.style,
            "prompt_version": PROMPT_VERSION,
        }
        return Manifest(
            round=index,
            base=policy.base_name,
            adapter_hash=policy.adapter_hash(),
            seed=self.seed,
            problems={
                "train": problem_set_hash(self.problems["train"]),
                "validation": problem_set_hash(self.problems["validation"]),
            },
            sampling=sampling,
            isolation=self.isolation,
            versions={name: version(name) for name in _VERSIONS},
        )

    @property
    def _rank(self) -> int:
        assert self.trainer is not None
        return int(self.trainer.global_rank)

    def _barrier(self) -> None:
        assert self.trainer is not None
        self.trainer.strategy.barrier()
