"""What a round begins with: the adapter that samples it, and the manifest that says how it is made."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

import torch

from axiom.policy.policy import Policy, read_adapter
from axiom.problems.problem import Problem
from axiom.problems.sources import problem_set_hash
from axiom.rounds.store import Manifest, Purpose, RoundStore
from datamodules.collector import Collector

_VERSIONS = ("torch", "transformers", "peft", "bitsandbytes", "lightning")


def sampling_adapter(policy: Policy, store: RoundStore, index: int, *, is_averaged: bool) -> dict[str, torch.Tensor]:
    """The adapter that samples a round: the policy's, or the mean of those that all rounds so far have trained.

    Weights on one path of training are averaged as in model soups (arXiv 2203.05482) and WARP (arXiv 2406.16768).
    Training itself goes on from the policy's.

    Args:
        policy: as the rounds before have trained it.
        store: the round before holds the mean of what came before.
        index: of the round that begins; model 0, which nothing has trained, takes no part.
        is_averaged: whether the mean is taken.
    """
    trained = policy.adapter_state()
    if not is_averaged or index < 2:
        return trained
    before = read_adapter(store.folder(index - 1).adapter)
    return {name: torch.lerp(before[name].to(new.device), new, 1.0 / index) for name, new in trained.items()}


def manifest_of(
    policy: Policy,
    collector: Collector,
    *,
    index: int,
    seed: int,
    problems: Mapping[Purpose, Sequence[Problem]],
    enough_passing: int | None,
) -> Manifest:
    """How a round is made.

    Args:
        policy: that samples it.
        collector: how it samples.
        index: the round.
        seed: of the run.
        problems: by purpose.
        enough_passing: distinct passing programs after which a problem gets no more samples.
    """
    return Manifest(
        round=index,
        base=policy.base_name,
        adapter_hash=policy.adapter_hash(),
        seed=seed,
        problems={purpose: problem_set_hash(problems[purpose]) for purpose in ("train", "validation")},
        sampling=collector.sampling,
        enough_passing=enough_passing,
        on_policy=collector.sampler.on_policy,
        sampler=collector.sampler.name,
        isolation=collector.isolation,
        versions={name: version(name) for name in _VERSIONS},
    )
