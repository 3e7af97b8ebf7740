"""A value function's head, trained outside Lightning: what the loop does between a round's verdicts and its Examples.

The policy stays as it is. What the head reads is computed once for each completion; after that an epoch is a few
products of small matrices.
"""

from collections.abc import Callable, Sequence

import torch

from axiom.learning.packing import PackedBatch
from axiom.learning.value import value_loss
from axiom.learning.value_examples import ValueExample, value_batch
from axiom.policy.value_function import ValueFunction

_COMPLETIONS_AT_A_TIME = 16


@torch.no_grad()
def known_of(value: ValueFunction, examples: Sequence[ValueExample]) -> list[torch.Tensor]:
    """What the head reads of each completion: (states, K), on the CPU.

    Args:
        value: whose policy reads them.
        examples: those of one problem best stand together, so that their prompt is read once.

    Raises:
        ModelError: if the head reads log-probabilities that a completion lacks.
    """
    return _by_completion(examples, value.known, value.policy.device)


def learn_head(
    value: ValueFunction,
    examples: Sequence[ValueExample],
    known: Sequence[torch.Tensor],
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int = 16,
    seed: int = 0,
) -> None:
    """Train the head alone.

    Args:
        value: its head learns.
        examples: with targets; those without any weight are left out.
        known: what the head reads of each.
        epochs: passes over them.
        learning_rate: of AdamW.
        batch_size: completions in a step.
        seed: of their order.
    """
    weighty = [place for place, one in enumerate(examples) if one.target.passing + one.target.failing]
    device = value.policy.device
    optimizer = torch.optim.AdamW(value.head.parameters(), lr=learning_rate, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        order = torch.randperm(len(weighty), generator=generator).tolist()
        for start in range(0, len(order), batch_size):
            places = [weighty[number] for number in order[start : start + batch_size]]
            targets = [examples[place].target for place in places]
            loss = value_loss(
                value.head(torch.cat([known[place] for place in places]).to(device)),
                torch.tensor([one.passing for one in targets], device=device),
                torch.tensor([one.failing for one in targets], device=device),
                torch.tensor([len(known[place]) for place in places], device=device),
            )
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()


@torch.no_grad()
def values_along(value: ValueFunction, examples: Sequence[ValueExample]) -> list[list[float]]:
    """P(pass) at each state of each completion.

    Args:
        value: of either kind.
        examples: those of one problem best stand together, so that their prompt is read once.

    Raises:
        ModelError: if the value function reads log-probabilities that a completion lacks.
    """
    return [own.sigmoid().tolist() for own in _by_completion(examples, value.logits, value.policy.device)]


def _by_completion(
    examples: Sequence[ValueExample], read: Callable[[PackedBatch], torch.Tensor], device: torch.device
) -> list[torch.Tensor]:
    """What is read of each completion's states, on the CPU."""
    found: list[torch.Tensor] = []
    for start in range(0, len(examples), _COMPLETIONS_AT_A_TIME):
        packed = value_batch(examples[start : start + _COMPLETIONS_AT_A_TIME]).packed.to(device)
        found += read(packed).cpu().split(packed.target_counts.tolist())  # type: ignore[no-untyped-call]
    return found
