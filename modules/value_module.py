"""The LightningModule around the value function: its loss, and how well it tells programs apart that it never saw."""

import json
import logging
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import lightning as L
import torch
import torch.distributed as distributed

from axiom.errors import ConfigError, ModelError
from axiom.learning.value import pair_loss, value_loss
from axiom.learning.value_examples import ValueBatch, ValueExample, state_at
from axiom.learning.value_figures import SCORES_FILE, Scored, auroc_by_problem, calibration_error, reliability
from axiom.policy.policy import Policy
from axiom.policy.quantization import Quantization
from axiom.policy.value_function import ValueFunction, ValueKind
from modules.finite_steps import FiniteSteps

log = logging.getLogger(__name__)
FOLDER = "value"
# Shares of a completion's tokens at which values are told.
SHARES = (0.25, 0.5, 0.75, 1.0)
_MOST_KEPT_BYTES = 2 << 30


class _Origin(Protocol):
    base: str
    adapter: Path
    quantization: str | None
    dtype: str | None


class ValueModule(L.LightningModule):
    """P(pass) of a completion, whole or half written, learned from verdicts.

    Args:
        kind: ``head``, or ``likelihood``: no head, an adapter trained by DPO whose likelihood is the value (V-STaR).
        beta: what a nat of likelihood is worth as a logit.
        trains_adapter: train a LoRA adapter along with the head, beginning with the policy's; False learns the head
            alone, on the policy as it is, so that one forward gives both token and value, and an epoch after the first
            costs next to nothing.
        hidden: units of a layer between states and value; 0 for none.
        reads_confidence: whether the head reads the log-probabilities of the tokens so far beside a state.
        learning_rate: of AdamW for the adapter, after the warm-up.
        head_learning_rate: likewise for the head.
        warmup_steps: optimizer steps of linear warm-up.
        weight_decay: of AdamW.
        adapter: a PEFT folder in the place of the run's best round.
        quantization: of the base; None takes the run's.
        dtype: likewise.
        gradient_checkpointing: as of the policy.
        seed: of the head's initial weights.
    """

    def __init__(
        self,
        *,
        kind: ValueKind = "head",
        beta: float = 0.1,
        trains_adapter: bool = False,
        hidden: int = 0,
        reads_confidence: bool = True,
        learning_rate: float = 2e-4,
        head_learning_rate: float = 1e-3,
        warmup_steps: int = 10,
        weight_decay: float = 0.0,
        adapter: str | None = None,
        quantization: Quantization | None = None,
        dtype: str | None = None,
        gradient_checkpointing: bool = False,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if hidden < 0 or beta <= 0:
            raise ConfigError(f"model.hidden {hidden} must be 0 or more, model.beta {beta} above 0")
        self.save_hyperparameters()
        self.value: ValueFunction | None = None
        self.strict_loading = False
        self.best = -1.0
        self._told: list[dict[str, Any]] = []
        self._best_rows: list[dict[str, Any]] = []
        self._known: dict[ValueExample, torch.Tensor] = {}
        self._known_bytes = 0
        self._finite = FiniteSteps()

    def build_value(self, device: torch.device) -> ValueFunction:
        """Load policy and head onto a device; later calls return them as they are.

        Raises:
            ModelError: if base or adapter cannot be loaded.
        """
        if self.value is None:
            settings = self.hparams
            origin: _Origin = self.trainer.datamodule.origin  # type: ignore[attr-defined]
            policy = Policy(
                base=origin.base,
                quantization=settings["quantization"] or origin.quantization or "nf4",  # type: ignore[arg-type]
                dtype=settings["dtype"] or origin.dtype or "auto",
                adapter=Path(settings["adapter"] or origin.adapter),
                gradient_checkpointing=settings["gradient_checkpointing"],
                device=device,
            )
            self.value = ValueFunction(
                policy,
                kind=settings["kind"],
                beta=settings["beta"],
                trains_adapter=settings["trains_adapter"],
                hidden=settings["hidden"],
                reads_confidence=settings["reads_confidence"],
                seed=settings["seed"],
            )
            if not self.value.trains_adapter:
                policy.model.requires_grad_(False)
            if self.value.kind == "likelihood":
                self.value.head.requires_grad_(False)
        return self.value

    def configure_model(self) -> None:
        """Lightning's hook to build what is large, before weights are restored."""
        self.build_value(self.trainer.strategy.root_device)

    def training_step(self, batch: ValueBatch, batch_index: int) -> torch.Tensor:
        """The mean cross-entropy of a packed step, or DPO's loss on the pairs in it."""
        assert self.value is not None
        logits, counts = self._logits(batch), batch.packed.target_counts
        if self.value.kind == "likelihood":
            passed, problems = [one.passed for one in batch.examples], [one.problem for one in batch.examples]
            loss = pair_loss(logits[counts.cumsum(0) - 1], passed, problems)
        else:
            loss = value_loss(logits, batch.passing, batch.failing, counts)
        self.log("value/loss", loss, on_step=True, batch_size=len(batch.examples))
        return loss * batch.packed.share

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Have the optimizer pass over a step whose gradient is not finite.

        Raises:
            ConfigError: if that goes on and on.
        """
        if not self._finite.check(optimizer):
            log.warning("step %d: the gradient is not finite; the step is left out", self.global_step)

    def validation_step(self, batch: ValueBatch, batch_index: int) -> None:
        """Values of completions at some shares of their tokens; no collectives in here."""
        values = self._logits(batch).sigmoid()
        of_each = values.split(batch.packed.target_counts.tolist())  # type: ignore[no-untyped-call]
        for example, own in zip(batch.examples, of_each, strict=True):
            at = {str(share): float(own[state_at(len(own), share)]) for share in SHARES}
            told = {"task_id": example.problem, "passed": example.passed, "values": at, "log_prob": example.log_prob}
            self._told.append(told | {"weight": example.target.passing + example.target.failing})

    def _logits(self, batch: ValueBatch) -> torch.Tensor:
        """(M,) logits; what the head reads is computed once for each completion where the head alone learns."""
        assert self.value is not None
        if self.value.trains_adapter:
            return self.value.logits(batch.packed)
        if any(one not in self._known for one in batch.examples):
            known = self.value.known(batch.packed)
            if self._known_bytes >= _MOST_KEPT_BYTES:
                return self.value.head(known)  # type: ignore[no-any-return]
            parts = known.cpu().split(batch.packed.target_counts.tolist())  # type: ignore[no-untyped-call]
            for one, own in zip(batch.examples, parts, strict=True):
                self._known[one] = own
                self._known_bytes += own.nbytes
        known = torch.cat([self._known[one] for one in batch.examples])
        return self.value.head(known.to(batch.packed.targets.device))  # type: ignore[no-any-return]

    def on_validation_epoch_end(self) -> None:
        """Log the figures over all ranks, and keep the value function where it is the best so far."""
        rows, self._told = _over_ranks(self._told), []
        figures = value_figures(rows)
        self.log_dict({name: float(figure) for name, figure in figures.items()}, sync_dist=False)
        score = figures.get(f"value/auroc@{SHARES[-1]}", 0.0)
        if self.trainer.is_global_zero and not self.trainer.sanity_checking and score >= self.best:
            self.best, self._best_rows = score, rows
            scores = "".join(json.dumps(row) + "\n" for row in rows)
            self._save().with_name(SCORES_FILE).write_text(scores, encoding="utf-8")

    def on_train_end(self) -> None:
        """Log the best epoch's curves; where nothing could be measured keep what was learned."""
        if not self.trainer.is_global_zero:
            return
        if self.best < 0:
            self._save()
        for step, figures in sorted(value_curves(self._best_rows).items()):
            for logger in self.trainer.loggers:
                logger.log_metrics(figures, step=step)

    def _save(self) -> Path:
        """Write the value function's folder."""
        assert self.value is not None
        folder = Path(self.trainer.default_root_dir) / FOLDER
        self.value.save(folder)
        return folder

    def configure_optimizers(self) -> Any:
        """AdamW on the head and, where it is trained, the adapter, with linear warm-up."""
        assert self.value is not None
        settings = self.hparams
        groups = []
        if self.value.kind == "head":
            groups.append({"params": list(self.value.head.parameters()), "lr": settings["head_learning_rate"]})
        adapter = [parameter for parameter in self.value.policy.parameters() if parameter.requires_grad]
        if adapter:
            groups.append({"params": adapter, "lr": settings["learning_rate"]})
        optimizer = torch.optim.AdamW(groups, weight_decay=settings["weight_decay"])
        warmup = max(settings["warmup_steps"], 1)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / warmup))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, torch.Tensor]:  # type: ignore[override]
        """What is trained alone: the frozen base never enters a checkpoint."""
        return {} if self.value is None else self.value.trained_state()

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Restore it.

        Raises:
            ModelError: if the checkpoint is of another value function.
        """
        if self.value is None:
            raise ModelError("the value function is not built yet; restore through a Trainer")
        self.value.load_trained_state(dict(state_dict))


def value_figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    """What is told of values by their names in TensorBoard.

    ``value/auroc@S`` is the mean over problems with both outcomes of the chance that a passing completion has a higher
    value than a failing one, after the share S of its tokens; ``value/auroc_log_prob`` is the same of the policy's mean
    log-probability of a token, for comparison; ``value/calibration_error`` is of whole completions,
    each weighing what it would have weighed in the fit.
    """
    figures = {}
    for share in SHARES:
        scored = [Scored(row["task_id"], row["values"][str(share)], row["passed"]) for row in rows]
        if by_problem := auroc_by_problem(scored):
            figures[f"value/auroc@{share}"] = sum(by_problem.values()) / len(by_problem)
            figures["value/problems"] = float(len(by_problem))
    known = [Scored(row["task_id"], row["log_prob"], row["passed"]) for row in rows if row["log_prob"] is not None]
    if by_problem := auroc_by_problem(known):
        figures["value/auroc_log_prob"] = sum(by_problem.values()) / len(by_problem)
    return figures | {"value/calibration_error": calibration_error(reliability(_whole(rows)))}


def value_curves(rows: list[dict[str, Any]]) -> dict[int, dict[str, float]]:
    """Two curves for TensorBoard whose steps are no time, in percent: figures by step.

    ``value_by_share/auroc`` has the share of the tokens that are written as its step, ``value_reliability/passed`` the
    value of whole completions: exact values lie on the diagonal.
    """
    curves: dict[int, dict[str, float]] = defaultdict(dict)
    for share in SHARES if rows else ():
        name = f"value/auroc@{share}"
        if name in (figures := value_figures(rows)):
            curves[round(100 * share)]["value_by_share/auroc"] = figures[name]
    for one in reliability(_whole(rows)):
        curves[round(100 * one.value)]["value_reliability/passed"] = one.passed
    return curves


def _whole(rows: list[dict[str, Any]]) -> list[Scored]:
    return [Scored(row["task_id"], row["values"][str(SHARES[-1])], row["passed"], row["weight"]) for row in rows]


def _over_ranks(own: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of all ranks; every rank must call it."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return own
    parts: list[Any] = [None] * distributed.get_world_size()
    distributed.all_gather_object(parts, own)
    return [row for part in parts for row in part]
