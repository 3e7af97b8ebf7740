"""Optimizer steps without a finite gradient change nothing: one of them would leave every weight without a number."""

import torch

from axiom.errors import ConfigError

# Steps in a row. The gradient scaler of 16-mixed may take sixteen of them to find its scale.
_UP_TO = 20


class FiniteSteps:
    """Counts the steps in a row whose gradient is not finite."""

    def __init__(self) -> None:
        self._left_out = 0

    def check(self, optimizer: torch.optim.Optimizer) -> bool:
        """Whether the gradient, which all ranks share, is finite; the optimizer passes over a step where it is not.

        Raises:
            ConfigError: if that goes on and on.
        """
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        if torch.nn.utils.get_total_norm(gradients).isfinite():
            self._left_out = 0
            return True
        optimizer.zero_grad()  # an optimizer leaves a parameter without a gradient as it is
        self._left_out += 1
        if self._left_out >= _UP_TO:
            raise ConfigError(
                f"no gradient of the last {self._left_out} steps was finite; take a lower --model.learning_rate, or "
                "--model.dtype float32, in another --trainer.default_root_dir"
            )
        return False
