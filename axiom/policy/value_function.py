"""The value function: P(pass) after every token of a completion, read off a policy's hidden states by a small head.

With ``trains_adapter`` false the policy stays as it is, so one forward gives the next token and the value; true trains
the adapter along with the head, for a forward of its own. Beside a state the head reads how sure the policy was of the
tokens so far: what it is unsure of is often wrong, and its states say that less plainly than its log-probabilities.

A ``likelihood`` value has no head: an adapter trained by DPO on pairs of passing and failing programs is the verifier,
and a value says how much likelier a completion is to it than to the policy that drew it (V-STaR, arXiv 2402.06457).

On disk it is a folder: the head, what it looks like, and where the adapter was trained a PEFT adapter beside them.
"""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from axiom.errors import ModelError
from axiom.learning.packing import PackedBatch
from axiom.learning.value import CONFIDENCE, confidence, likelihood_ratios
from axiom.policy.policy import Policy, read_adapter

_HEAD_FILE = "value_head.safetensors"
_SETTINGS_FILE = "value_head.json"
ADAPTER = "adapter"
ValueKind = Literal["head", "likelihood"]


class ValueHead(nn.Module):
    """What is known at a state to the logit of P(pass), in float32; 0 for any state before training.

    Args:
        width: of what is known (K).
        hidden: units of a layer between; 0 reads the states off linearly.
    """

    def __init__(self, *, width: int, hidden: int = 0) -> None:
        super().__init__()
        self.width, self.hidden = width, hidden
        self.between = nn.Sequential(nn.Linear(width, hidden), nn.GELU()) if hidden else nn.Identity()
        self.out = nn.Linear(hidden or width, 1)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, known: torch.Tensor) -> torch.Tensor:
        """(..., K) to (...) float32 logits."""
        # Out of autocast: a probability near 0 or 1 has no digits to lose.
        with torch.autocast(known.device.type, enabled=False):
            logits: torch.Tensor = self.out(self.between(known.float()))
        return logits.squeeze(-1)


class ValueFunction(nn.Module):
    """A head on a policy's states, or the policy's likelihood.

    Args:
        policy: whose states; its base is frozen in any case.
        trains_adapter: whether its adapter learns along with the head.
        kind: ``head``, or ``likelihood``, which trains the adapter and has no use for what concerns a head.
        beta: what a nat of ``likelihood`` is worth as a logit.
        hidden: units of the head's layer between; 0 for none.
        reads_confidence: whether the head reads :func:`axiom.learning.value.confidence` beside a state.
        seed: of the head's initial weights.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        trains_adapter: bool,
        kind: ValueKind = "head",
        beta: float = 0.1,
        hidden: int = 0,
        reads_confidence: bool = True,
        seed: int = 0,
    ) -> None:
        super().__init__()
        if policy.is_sharded:
            raise ModelError("model.shard_base: a value function needs the whole base; leave data.value.learn off")
        self.policy, self.kind, self.beta = policy, kind, beta
        self.trains_adapter = trains_adapter or kind == "likelihood"
        self.reads_confidence = reads_confidence or kind == "likelihood"
        self.own_adapter: dict[str, torch.Tensor] | None = None
        width = policy.model.config.get_text_config().hidden_size + CONFIDENCE * self.reads_confidence
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.head = ValueHead(width=width, hidden=hidden).to(policy.device)

    def logits(self, batch: PackedBatch) -> torch.Tensor:
        """(M,) float32 logits of P(pass): after the prompt of each completion, and after each token but its last.

        Args:
            batch: M targets, on the policy's device.

        Raises:
            ModelError: as :meth:`known`.
        """
        if self.kind == "head":
            return self.head(self.known(batch))  # type: ignore[no-any-return]
        self._check_log_probs(batch)
        with self._own_adapter_in_place():
            log_probs = self.policy.completion_log_probs(batch)
        return self.beta * likelihood_ratios(log_probs, batch.sampled, batch.target_counts)

    def known(self, batch: PackedBatch) -> torch.Tensor:
        """(M, K) what the head reads; without gradient where the head alone learns.

        Args:
            batch: M targets, on the policy's device.

        Raises:
            ModelError: if the head reads how sure the policy was, and the batch has no log-probabilities.
        """
        self._check_log_probs(batch)
        with self._own_adapter_in_place(), torch.set_grad_enabled(torch.is_grad_enabled() and self.trains_adapter):
            states = self.policy.completion_states(batch)
        if not self.reads_confidence:
            return states
        return torch.cat([states, confidence(batch.sampled, batch.target_counts).to(states)], dim=1)

    def _check_log_probs(self, batch: PackedBatch) -> None:
        if self.reads_confidence and len(batch.sampled) != len(batch.targets):
            raise ModelError(
                "the value function reads log-probabilities, and the samples have none; let the engine tell them "
                "(logprobs), or train one with model.reads_confidence false"
            )

    def trained_state(self) -> dict[str, torch.Tensor]:
        """What training changes: the head's tensors, and the adapter's where it is trained."""
        state = {f"head.{name}": tensor.detach() for name, tensor in self.head.state_dict().items()}
        if self.trains_adapter:
            with self._own_adapter_in_place():
                adapter = {name: tensor.clone() for name, tensor in self.policy.adapter_state().items()}
            state |= {f"{ADAPTER}.{name}": tensor for name, tensor in adapter.items()}
        return state

    def load_trained_state(self, state: dict[str, torch.Tensor], *, beside_policy: bool = False) -> None:
        """Put tensors that :meth:`trained_state` gave back in place.

        Args:
            state: the tensors.
            beside_policy: leave the policy its own adapter, which gives way while a value is read, and only then.

        Raises:
            ModelError: if they are of another value function.
        """
        own = self.trained_state()
        if own.keys() != state.keys() or any(own[name].shape != state[name].shape for name in own):
            raise ModelError("the value function does not fit: its head, base, or whether it trains an adapter differ")
        self.head.load_state_dict(_below("head", state))
        if self.trains_adapter and beside_policy:
            self.own_adapter = _below(ADAPTER, state)
        elif self.trains_adapter:
            self.policy.load_adapter_state(_below(ADAPTER, state))

    def _own_adapter_in_place(self) -> AbstractContextManager[None]:
        return nullcontext() if self.own_adapter is None else self.policy.with_adapter(self.own_adapter)

    def save(self, folder: Path) -> None:
        """Write the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.cpu() for name, tensor in self.head.state_dict().items()}, folder / _HEAD_FILE)
        if self.trains_adapter:
            with self._own_adapter_in_place():
                self.policy.save_adapter(folder / ADAPTER)
        settings = {
            "kind": self.kind,
            "beta": self.beta,
            "base": self.policy.base_name,
            "width": self.head.width,
            "hidden": self.head.hidden,
            "reads_confidence": self.reads_confidence,
            "adapter": self.trains_adapter,
            "policy_adapter_hash": None if self.trains_adapter else self.policy.adapter_hash(),
        }
        (folder / _SETTINGS_FILE).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def load_value_function(folder: Path, policy: Policy) -> ValueFunction:
    """A saved value function on this policy; where it has an adapter of its own, that is in place while it reads.

    Raises:
        ModelError: if the folder holds none, or it is for another model.
    """
    try:
        settings: dict[str, Any] = json.loads((folder / _SETTINGS_FILE).read_text(encoding="utf-8"))
        value = ValueFunction(
            policy,
            trains_adapter=settings["adapter"],
            kind=settings["kind"],
            beta=settings["beta"],
            hidden=settings["hidden"],
            reads_confidence=settings["reads_confidence"],
        )
        head, learned_on = load_file(folder / _HEAD_FILE), settings["policy_adapter_hash"]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"{folder} holds no value function that can be read: {error}") from error
    if learned_on is not None and learned_on != policy.adapter_hash():
        raise ModelError(
            f"{folder} was learned on the states of another adapter (hash {learned_on}, of {settings['base']}); give "
            "the policy that one"
        )
    state = {f"head.{name}": tensor for name, tensor in head.items()}
    if value.trains_adapter:
        state |= {f"{ADAPTER}.{name}": tensor for name, tensor in read_adapter(folder / ADAPTER).items()}
    value.load_trained_state(state, beside_policy=True)
    return value


def _below(name: str, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {key.removeprefix(f"{name}."): tensor for key, tensor in state.items() if key.startswith(f"{name}.")}
