"""What the DataModule asks of the LightningModule; the two meet nowhere else."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch

from axiom.learning.objectives import Objective
from axiom.policy.policy import Policy


class HasPolicy(Protocol):
    """What the DataModule asks of the LightningModule."""

    k: Sequence[int]
    objective: Objective
    hparams: Mapping[str, Any]  # has shard_base

    def build_policy(self, device: torch.device) -> Policy: ...

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any: ...
