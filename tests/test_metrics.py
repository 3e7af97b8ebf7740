"""The metric against values worked out by hand."""

import torch

from modules.metrics import PassAtK


def test_the_metric_is_the_mean_over_problems() -> None:
    metric = PassAtK(1)
    metric.update(4, 4)
    metric.update(4, 0)
    metric.update(4, 2)
    assert metric.compute().item() == 0.5
    metric.reset()
    assert metric.compute() == torch.tensor(0.0)
