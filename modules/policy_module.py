"""The LightningModule around the Policy: an objective's loss, tied to the base, and adapter-only checkpoints."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, Protocol

import bitsandbytes as bnb
import lightning as L
import torch
from torch.nn.parallel import DistributedDataParallel

from axiom.errors import ConfigError, ModelError
from axiom.learning.losses import entropy, kl_estimate, kl_exact, log_probs_of, sequence_means
from axiom.learning.objectives import SFT, Objective, Step
from axiom.learning.packing import PackedBatch
from axiom.policy.policy import Policy
from axiom.policy.quantization import Quantization
from axiom.policy.sharding import in_turn, mesh_of
from axiom.problems.problem import Problem
from axiom.rounds.store import JudgedSample, Purpose, counts_by_problem
from modules.finite_steps import FiniteSteps
from modules.metrics import PassAtK

log = logging.getLogger(__name__)
ADAPTER_PREFIX = "adapter."


class Solver(Protocol):
    """What the module asks of the DataModule: judged samples of problems, from the policy as it is."""

    def solve(self, problems: Sequence[Problem], purpose: Purpose) -> Sequence[JudgedSample]:
        """The fixed number of samples of each problem, with verdicts."""
        ...


class PolicyModule(L.LightningModule):
    """A causal LM under QLoRA that learns from verdicts on its own samples.

    Args:
        objective: what is learned from verdicts, and by which loss: ``SFT``, ``Distill``, ``DPO``, ``PolicyGradient``,
            or the path of a subclass of :class:`axiom.learning.objectives.Objective`. SFT where none is named.
        kl_coefficient: weight in the loss of the mean KL divergence to the base at the targets, in nats.
        kl: ``exact`` sums over the vocabulary; ``k3`` estimates from the targets' log-probabilities alone (Schulman
            2020), which is right where the targets are the policy's own samples.
        kl_every_n_steps: how often ``train/kl`` and ``train/entropy`` are logged, each time for a forward of the base;
            0 never logs them. With a ``kl_coefficient`` every step has them.
        base: hub id, local folder, ``.gguf`` file, or ``smollm2-135m-instruct`` (the embedded model).
        quantization: of the frozen base: ``nf4``, ``int8`` or ``none``.
        dtype: of arithmetic and unquantised weights: ``bfloat16``, ``float16``, ``float32``, or ``auto``: bfloat16
            where the device multiplies it, float32 elsewhere.
        lora_rank: LoRA rank r.
        lora_alpha: LoRA scale is ``lora_alpha / lora_rank``.
        learning_rate: of AdamW, after the warm-up.
        learning_rate_decay: factor on the learning rate for each round after the first.
        warmup_steps: optimizer steps of linear warm-up, from where the optimizer is fresh.
        weight_decay: of AdamW.
        optimizer: ``adamw``, or ``paged_adamw_8bit``, bitsandbytes' AdamW, whose state takes a quarter of the memory
            and leaves a full GPU for the host's; CUDA only.
        gradient_checkpointing: compute each layer again in the backward instead of keeping what it made: less memory,
            more time.
        shard_base: under ``ddp``, leave each rank a share of the base (FSDP2) and all of the adapter; samples have to
            come from a server then.
        adapter: a PEFT LoRA folder to start from or to evaluate; its own rank, scale and targets hold.
        seed: of the adapter's initial weights.
        k: budgets of pass@k in validation and test.
    """

    def __init__(
        self,
        *,
        objective: Objective | None = None,
        kl_coefficient: float = 0.0,
        kl: Literal["exact", "k3"] = "exact",
        kl_every_n_steps: int = 10,
        base: str = "smollm2-135m-instruct",
        quantization: Quantization = "nf4",
        dtype: str = "auto",
        lora_rank: int = 16,
        lora_alpha: float = 32.0,
        learning_rate: float = 2e-4,
        learning_rate_decay: float = 1.0,
        warmup_steps: int = 5,
        weight_decay: float = 0.0,
        optimizer: Literal["adamw", "paged_adamw_8bit"] = "adamw",
        gradient_checkpointing: bool = False,
        shard_base: bool = False,
        adapter: str | None = None,
        seed: int = 0,
        k: Sequence[int] = (1, 8),
    ) -> None:
        super().__init__()
        if kl_coefficient < 0 or kl_every_n_steps < 0:
            raise ConfigError(
                f"model.kl_coefficient {kl_coefficient} and kl_every_n_steps {kl_every_n_steps} must be 0 or more"
            )
        if learning_rate < 0 or lora_rank < 1 or lora_alpha <= 0:
            raise ConfigError(
                f"model.learning_rate {learning_rate} must be 0 or more, lora_rank {lora_rank} 1 or more, and "
                f"lora_alpha {lora_alpha} above 0"
            )
        if not k or min(k) < 1:
            raise ConfigError(f"model.k {list(k)}: expected one or more numbers of samples, each 1 or more")
        self.save_hyperparameters(ignore=["k", "objective"])
        self.objective = objective or SFT()
        self.policy: Policy | None = None
        self._round = self._fresh_since = 0
        self._finite = FiniteSteps()
        self._has_warned = False
        self.k = tuple(k)
        self.pass_at_k = torch.nn.ModuleDict({str(budget): PassAtK(budget) for budget in self.k})
        self.strict_loading = False

    def build_policy(self, device: torch.device) -> Policy:
        """Load the policy onto a device; later calls return it as it is.

        Raises:
            ModelError: if the base or the adapter cannot be loaded.
            ConfigError: if the optimizer is not for this device, or there are no ranks to share the base.
        """
        if self.policy is None:
            settings = self.hparams
            if settings["optimizer"] == "paged_adamw_8bit" and device.type != "cuda":
                raise ConfigError(f"model.optimizer paged_adamw_8bit needs CUDA, and this is {device.type}; use adamw")
            mesh = mesh_of(device) if settings["shard_base"] else None
            with nullcontext() if mesh is None else in_turn():
                self.policy = Policy(
                    base=settings["base"],
                    quantization=settings["quantization"],
                    dtype=settings["dtype"],
                    rank=settings["lora_rank"],
                    alpha=settings["lora_alpha"],
                    seed=settings["seed"],
                    adapter=None if settings["adapter"] is None else Path(settings["adapter"]),
                    gradient_checkpointing=settings["gradient_checkpointing"],
                    device=device,
                    mesh=mesh,
                )
            if mesh is not None:  # DDP would send it from rank to rank
                base = [f"policy.{name}" for name, its in self.policy.named_parameters() if not its.requires_grad]
                DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(self, base)  # type: ignore[no-untyped-call]
        return self.policy

    def configure_model(self) -> None:
        """Lightning's hook to build what is large, before weights are restored."""
        self.build_policy(self.trainer.strategy.root_device)

    def training_step(self, batch: PackedBatch, batch_index: int) -> torch.Tensor:
        """The objective's loss of a packed step, and what ties it to the base; prompts carry no loss."""
        assert self.policy is not None
        logits = self.policy.completion_logits(batch)
        every, coefficient = self.hparams["kl_every_n_steps"], self.hparams["kl_coefficient"]
        is_told = coefficient > 0 or (every > 0 and self.global_step % every == 0)
        base = self.policy.base_logits(batch) if is_told or self.objective.needs_reference else None
        step = Step(
            log_probs=log_probs_of(logits, batch.targets),
            reference=None if base is None else log_probs_of(base, batch.targets),
            sampled=batch.sampled if self.objective.needs_tokens else None,
            weights=batch.weights,
            counts=batch.target_counts,
        )
        loss = self.objective.loss(step)
        if base is not None and is_told:
            with torch.set_grad_enabled(coefficient > 0):
                kl = self._divergence(logits, base, step)
            loss = loss + coefficient * kl
            told = {"train/kl": kl.detach(), "train/entropy": entropy(logits).mean()}
            self.log_dict(told, on_step=True, batch_size=len(batch.weights))
        told_always = {"train/loss": loss, "train/learning_rate": self.trainer.optimizers[0].param_groups[0]["lr"]}
        self.log_dict(told_always, on_step=True, batch_size=len(batch.weights))
        return loss * batch.share

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Have the optimizer pass over a step whose gradient is not finite.

        Raises:
            ConfigError: if that goes on and on.
        """
        if not self._finite.check(optimizer) and not self._has_warned:
            self._has_warned = True
            log.warning(
                "round %d, step %d: the gradient is not finite; such steps are left out, which is told once a round",
                self._round,
                self.global_step,
            )

    def _divergence(self, logits: torch.Tensor, base: torch.Tensor, step: Step) -> torch.Tensor:
        """Mean KL divergence to the base at the targets, over what the objective averages over; scalar."""
        if self.hparams["kl"] == "k3":
            assert step.reference is not None
            kl = kl_estimate(step.log_probs, step.reference)
        else:
            kl = kl_exact(logits, base)
        return (kl if self.objective.averages_over == "targets" else sequence_means(kl, step.counts)).mean()

    def validation_step(self, batch: Sequence[Problem], batch_index: int) -> None:
        """Sample and judge a batch of problems; no collectives in here."""
        self._evaluate(batch, "validation")

    def test_step(self, batch: Sequence[Problem], batch_index: int) -> None:
        """The same on test problems."""
        self._evaluate(batch, "test")

    def predict_step(self, batch: Sequence[Problem], batch_index: int) -> list[dict[str, Any]]:
        """Sample test problems and judge them: a row of the store each, as Lightning refuses frozen dataclasses."""
        return [asdict(row) for row in self._solver().solve(batch, "test")]

    def on_validation_epoch_end(self) -> None:
        """Log ``validate/pass@k`` over all ranks; ``val/pass@k`` is of a run's rounds, with the round as its step."""
        self._log_pass_at_k("validate")

    def on_test_epoch_end(self) -> None:
        """Log ``test/pass@k`` over all ranks."""
        self._log_pass_at_k("test")

    def _evaluate(self, batch: Sequence[Problem], purpose: Purpose) -> None:
        for n, c in counts_by_problem(self._solver().solve(batch, purpose)).values():
            for budget, metric in self.pass_at_k.items():
                if n >= int(budget):  # the judge may have failed on one of them
                    metric.update(n, c)  # type: ignore[operator]

    def _log_pass_at_k(self, prefix: str) -> None:
        for budget, metric in self.pass_at_k.items():
            self.log(f"{prefix}/pass@{budget}", metric.compute().float(), sync_dist=False)  # type: ignore[operator]
            metric.reset()  # type: ignore[operator]

    def _solver(self) -> Solver:
        solver: Solver = self.trainer.datamodule  # type: ignore[attr-defined]
        return solver

    def configure_optimizers(self) -> Any:
        """AdamW, or the 8-bit one, on the adapter with linear warm-up."""
        parameters = [parameter for parameter in self.parameters() if parameter.requires_grad]
        if not parameters:
            raise ConfigError("the policy has no trainable adapter weights")
        is_paged = self.hparams["optimizer"] == "paged_adamw_8bit"
        kind: Any = bnb.optim.PagedAdamW8bit if is_paged else torch.optim.AdamW
        optimizer = kind(parameters, lr=self.hparams["learning_rate"], weight_decay=self.hparams["weight_decay"])
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, self._learning_rate_factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _learning_rate_factor(self, step: int) -> float:
        """Of the learning rate at an optimizer step: the round's decay, and the warm-up of a fresh optimizer."""
        warmup = max(self.hparams["warmup_steps"], 1)
        decay: float = self.hparams["learning_rate_decay"] ** self._round
        warm: float = min(1.0, (step - self._fresh_since + 1) / warmup)
        return decay * warm

    def begin_round(self, index: int, *, restarts: bool) -> None:
        """Train a round from the next step on.

        Args:
            index: of the round.
            restarts: with a fresh optimizer, as another adapter was put in place.
        """
        self._round, self._has_warned = index, False
        if restarts:
            self._fresh_since = self.global_step
            for optimizer in self.trainer.optimizers:
                optimizer.state.clear()
        self._set_learning_rate()

    def on_train_start(self) -> None:
        """Have the learning rate and weight decay that were asked for hold where a checkpoint brought others."""
        for config in self.trainer.lr_scheduler_configs:
            scheduler: Any = config.scheduler
            for group in scheduler.optimizer.param_groups:
                group["initial_lr"], group["weight_decay"] = self.hparams["learning_rate"], self.hparams["weight_decay"]
            scheduler.base_lrs = [group["initial_lr"] for group in scheduler.optimizer.param_groups]
        self._set_learning_rate()

    def _set_learning_rate(self) -> None:
        for config in self.trainer.lr_scheduler_configs:
            scheduler: Any = config.scheduler
            for group, rate in zip(scheduler.optimizer.param_groups, scheduler.base_lrs, strict=True):
                group["lr"] = rate * self._learning_rate_factor(self.global_step)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep what the learning rate depends on."""
        checkpoint["axiom_round"] = {"index": self._round, "fresh_since": self._fresh_since}

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restore it."""
        kept = checkpoint["axiom_round"]
        self._round, self._fresh_since = kept["index"], kept["fresh_since"]

    def state_dict(self, *args: Any, **kwargs: Any) -> dict[str, torch.Tensor]:  # type: ignore[override]
        """The adapter alone: the frozen base never enters a checkpoint."""
        if self.policy is None:
            return {}
        return {ADAPTER_PREFIX + name: tensor for name, tensor in self.policy.adapter_state().items()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Restore the adapter.

        Raises:
            ModelError: if the checkpoint holds another model's adapter.
        """
        if self.policy is None:
            raise ModelError("the policy is not built yet; restore through a Trainer")
        found = {name.removeprefix(ADAPTER_PREFIX): value for name, value in state_dict.items()}
        self.policy.load_adapter_state(found)
