"""The DataModule of the value function: the judged samples of runs, to learn from and to be measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import lightning as L
import torch

from axiom.errors import ConfigError
from axiom.learning.value_examples import ValueBatch, ValueExample, value_batch, value_rows
from axiom.problems.leaks import without_leaks
from axiom.problems.problem import Problem
from axiom.report.contents import adapter_of, chosen_round, problems_of, prompt_style
from axiom.report.numbers import RunNumbers, read_run
from axiom.rounds.store import Purpose, RoundStore
from datamodules.judged import value_examples
from datamodules.loaders import Composition, composed, even, shares


@dataclass(frozen=True, slots=True)
class Origin:
    """The policy whose samples these are.

    Attributes:
        base: the model's name.
        adapter: PEFT folder of the first run's round.
        quantization, dtype: as the run's manifest or configuration has them; None where neither does.
    """

    base: str
    adapter: Path
    quantization: str | None
    dtype: str | None


class VerdictsDataModule(L.LightningDataModule):
    """Learns from the train samples of runs, and is measured on validation samples, whose problems it never sees.

    It is measured on what its policy drew, the first run's round, as a search asks of it: among samples of several
    rounds a value gets credit for telling the models apart that wrote them.

    Args:
        runs: folder of a run of ``fit``, or several of the same base and prompts; the first one's round is the policy.
        round: which; None takes the best on validation.
        labels: ``binary``, or the ``fraction`` of tests passed as a soft target.
        balanced: whether passes and failures of a problem weigh the same; otherwise every completion does, and the
            value learns how hard problems are, too.
        max_per_problem: distinct completions of a problem in each run, half of each kind where there are as many.
        batch_size: completions in a step.
        leaks: what is done where a problem that is learned from stands in validation or test as well, by another run's
            split for one: ``refuse``, ``drop`` it from what is learned from, or ``allow`` it.
        share_prompts: whether completions of a problem stand next to each other, so that a step encodes their prompt
            once.
        seed: of the order.
    """

    def __init__(
        self,
        *,
        runs: str | list[str],
        round: int | None = None,
        labels: Literal["binary", "fraction"] = "binary",
        balanced: bool = True,
        max_per_problem: int = 32,
        batch_size: int = 16,
        leaks: Literal["refuse", "drop", "allow"] = "refuse",
        share_prompts: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if max_per_problem < 2 or batch_size < 1:
            raise ConfigError(
                f"data: max_per_problem {max_per_problem} must be 2 or more and batch_size {batch_size} 1 or more"
            )
        self.runs = [read_run(Path(run)) for run in ([runs] if isinstance(runs, str) else runs)]
        if not self.runs or any(not run.rounds for run in self.runs):
            raise ConfigError("data.runs: expected folders of runs with rounds, as fit makes")
        for run in self.runs:
            if not run.settings:
                raise ConfigError(f"data.runs: {run.path} keeps no configuration; name a run of fit")
        self.round, self.leaks = round, leaks
        self.labels, self.balanced, self.max_per_problem = labels, balanced, max_per_problem
        self.composition = Composition(batch_size=batch_size, share_prompts=share_prompts)
        self.seed = seed
        self.examples: dict[Purpose, list[ValueExample]] = {}

    @property
    def origin(self) -> Origin:
        """The policy whose samples these are.

        Raises:
            ConfigError: if the runs are of several bases, or the first has no such round.
        """
        first = self.runs[0]
        bases = {one.manifest.base for run in self.runs for one in run.rounds}
        if len(bases) > 1:
            raise ConfigError(f"data.runs: they have several bases ({', '.join(sorted(bases))}); name runs of one")
        adapter = adapter_of(first, chosen_round(first, self.round)).adapter
        return Origin(bases.pop(), adapter, first.policy_setting("quantization"), first.policy_setting("dtype"))

    def setup(self, stage: str) -> None:
        """Read the verdicts and make Examples of them.

        Raises:
            ConfigError: if no train problem has both passing and failing completions, or prompts differ, or completions
                lack log-probabilities that are read.
            ProblemError: if a run's problems cannot be read, or one is learned from and measured on.
        """
        assert self.trainer is not None
        module: Any = self.trainer.lightning_module
        tokenizer = module.build_value(self.trainer.strategy.root_device).policy.tokenizer
        purposes: tuple[Purpose, ...] = ("train", "validation") if stage == "fit" else ("validation",)
        for purpose in purposes:
            runs = self.runs if purpose == "train" else self.runs[:1]
            self.examples[purpose] = [example for run in runs for example in self._examples_of(run, purpose, tokenizer)]
        if stage == "fit" and self.leaks != "allow":
            self._leave_out_leaks()
        is_likelihood = module.hparams["kind"] == "likelihood"
        if is_likelihood or module.hparams["reads_confidence"]:
            self._check_log_probs(" and model.kind head" if is_likelihood else "")
        if stage == "fit" and not any(one.target.passing for one in self.examples["train"]):
            raise ConfigError(
                f"data.runs: no problem has both passing and failing ones among {len(self.examples['train'])} "
                "completions; name runs with more samples"
            )

    def _check_log_probs(self, more: str) -> None:
        silent = [one for some in self.examples.values() for one in some if not one.has_log_probs]
        if silent:
            raise ConfigError(
                f"data.runs: {len(silent)} completions, of {silent[0].problem} for one, lack a log-probability of each "
                "token, as their engine told none, or not which tokens it drew; set model.reads_confidence false" + more
            )

    def _leave_out_leaks(self) -> None:
        """Learn from no run's validation or test problems: a search by the value is measured on the latter."""
        has_examples = {one.problem for one in self.examples["train"]}
        learned = [one for one in self._problems("train") if one.id in has_examples]
        measured = [*self._problems("validation"), *self._problems("test")]
        kept = {one.id for one in without_leaks(learned, measured, drop=self.leaks == "drop")}
        self.examples["train"] = [one for one in self.examples["train"] if one.problem in kept]

    def _problems(self, purpose: Purpose) -> list[Problem]:
        """All runs' of this purpose, each id once."""
        return list({one.id: one for run in self.runs for one in problems_of(run, purpose).values()}.values())

    def _examples_of(self, run: RunNumbers, purpose: Purpose, tokenizer: Any) -> list[ValueExample]:
        problems, style, store = problems_of(run, purpose), prompt_style(run), RoundStore(run.path)
        rounds = [one.index for one in run.rounds] if purpose == "train" else [chosen_round(run, self.round)]
        judged = [row for index in rounds for row in store.folder(index).read(purpose)]
        rows = value_rows(judged, max_per_problem=self.max_per_problem)
        return value_examples(
            rows, problems, tokenizer=tokenizer, style=style, labels=self.labels, is_balanced=self.balanced
        )

    def train_dataloader(self) -> Any:
        """This rank's share of an epoch's steps; those without any weight are left out."""
        assert self.trainer is not None
        weighty = [one for one in self.examples["train"] if one.target.passing + one.target.failing]
        generator = torch.Generator().manual_seed(self.seed * 10_000 + self.trainer.current_epoch)
        batches = composed(weighty, self.composition, prompt_of=lambda one: one.tokens.prompt, generator=generator)
        together = self.trainer.accumulate_grad_batches * self.trainer.world_size
        return self._steps(even(batches, world_size=self.trainer.world_size), together=together)

    def val_dataloader(self) -> Any:
        """This rank's share of the validation problems' completions, each of them once.

        Raises:
            ConfigError: if there are fewer than ranks.
        """
        assert self.trainer is not None
        examples, ranks = self.examples["validation"], self.trainer.world_size
        if 0 < len(examples) < ranks:
            raise ConfigError(
                f"data.runs: {len(examples)} validation completions are too few for {ranks} ranks; take fewer by "
                "--trainer.devices, or runs with more samples"
            )
        # Each rank needs a batch: one without any would not come to where all ranks' rows are put together.
        size = min(self.composition.batch_size, max(len(examples) // ranks, 1))
        by_problem = sorted(examples, key=lambda one: one.problem)
        batches = [by_problem[start : start + size] for start in range(0, len(by_problem), size)]
        return self._steps(batches, together=1)

    def _steps(self, batches: Sequence[Sequence[ValueExample]], *, together: int) -> "ValueLoader":
        assert self.trainer is not None
        weights = shares(batches, together=together, averages_over="examples")
        mine = slice(self.trainer.global_rank, None, self.trainer.world_size)
        return ValueLoader(batches[mine], weights[mine])


class ValueLoader:
    """One packed step a batch; Lightning takes it as it is and adds no sampler.

    Args:
        batches: of this rank.
        weights: of each, its factor on the mean loss.
    """

    def __init__(self, batches: Sequence[Sequence[ValueExample]], weights: Sequence[float]) -> None:
        self._batches, self._weights = batches, weights

    def __len__(self) -> int:
        return len(self._batches)

    def __iter__(self) -> Iterator[ValueBatch]:
        for batch, share in zip(self._batches, self._weights, strict=True):
            made = value_batch(batch)
            yield replace(made, packed=replace(made.packed, share=share))
