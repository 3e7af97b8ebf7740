"""Batches, the masked loss and the metric, against values worked out by hand."""

import torch

from datamodules.collation import TokenizedExample, collate
from modules.metrics import PassAtK


def test_the_loss_falls_on_completion_tokens_only() -> None:
    batch = collate([TokenizedExample((1, 2), (3,)), TokenizedExample((4,), (5, 6, 7))], pad_token_id=0)
    assert batch["input_ids"].tolist() == [[1, 2, 3, 0], [4, 5, 6, 7]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
    assert batch["target_mask"].tolist() == [[False, False, True, False], [False, True, True, True]]


def test_the_metric_is_the_mean_over_problems() -> None:
    metric = PassAtK(1)
    metric.update(4, 4)
    metric.update(4, 0)
    metric.update(4, 2)
    assert metric.compute().item() == 0.5
    metric.reset()
    assert metric.compute() == torch.tensor(0.0)
