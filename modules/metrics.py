"""pass@k as a torchmetrics Metric: sums over problems, so ranks add up."""

import torch
from torchmetrics import Metric

from axiom.pass_at_k import pass_at_k


class PassAtK(Metric):
    """Mean pass@k over problems (:mod:`axiom.pass_at_k`).

    Args:
        k: budget.
    """

    full_state_update = False
    total: torch.Tensor
    problems: torch.Tensor

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k
        self.add_state("total", torch.tensor(0.0, dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("problems", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, n: int, c: int) -> None:
        """Count one problem with ``c`` of ``n`` samples passing.

        Raises:
            ConfigError: if n < k.
        """
        self.total += pass_at_k(n, c, self.k)
        self.problems += 1

    def compute(self) -> torch.Tensor:
        """The mean; 0 before the first problem."""
        return self.total / self.problems.clamp(min=1)
