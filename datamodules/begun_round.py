"""What a round begins with: the adapter that samples it, and the manifest that says how it is made."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import torch

from axiom.policy.policy import Policy, read_adapter
from axiom.problems.problem import Problem
from axiom.problems.sources import problem_set_hash
from axiom.rounds.store import Manifest, Purpose, RoundFolder, RoundStore
from datamodules.collector import Collector

log = logging.getLogger(__name__)

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
    loop: Mapping[str, Any],
) -> Manifest:
    """How a round is made.

    Args:
        policy: that samples it.
        collector: how it samples.
        index: the round.
        seed: of the run.
        problems: by purpose.
        enough_passing: distinct passing programs after which a problem gets no more samples.
        loop: how rounds follow one another.
    """
    return Manifest(
        round=index,
        base=policy.base_name,
        adapter_hash=policy.adapter_hash(),
        seed=seed,
        policy=policy.settings,
        loop=dict(loop),
        problems={purpose: problem_set_hash(problems[purpose]) for purpose in ("train", "validation")},
        sampling=collector.sampling,
        enough_passing=enough_passing,
        on_policy=collector.sampler.on_policy,
        sampler=collector.sampler.name,
        isolation=collector.isolation,
        versions={name: version(name) for name in _VERSIONS},
    )


def tell_start(manifest: Manifest, policy: Policy, problems: Mapping[Purpose, Sequence[Problem]]) -> None:
    """Log in a line what a run is of, for whoever watches it begin.

    Args:
        manifest: of the run as it is asked for.
        policy: loaded.
        problems: that will be sampled, by purpose.
    """
    how, counts = manifest.policy, ", ".join(f"{len(some)} {purpose}" for purpose, some in problems.items())
    log.info(
        f"{manifest.base} ({how['quantization']}, {how['dtype']}, LoRA of rank {how['lora_rank']}) on {policy.device}; "
        f"problems: {counts}; isolation: {manifest.isolation}"
    )


def evaluation_folder(store: RoundStore, manifest: Manifest, problems: Sequence[Problem]) -> RoundFolder:
    """Where an evaluation is kept beside the rounds.

    It is named by the hashes of the adapter, of its LoRA settings and of what is asked, so another adapter or scale,
    quantisation, type, problem file or sampling parameter never reads its rows.

    Args:
        store: the run's rounds.
        manifest: of the policy that is evaluated.
        problems: all that are asked.
    """
    lora = {name: value for name, value in manifest.policy.items() if "lora" in name}
    base = [manifest.base, *(value for name, value in manifest.policy.items() if name not in lora)]
    asked = f"{manifest.sampling} {manifest.on_policy} {manifest.seed} {base} {problem_set_hash(problems)}"
    return RoundFolder(store.run / "evaluations" / f"{manifest.adapter_hash}-{_short(lora)}-{_short(asked)}")


def _short(told: object) -> str:
    return hashlib.sha256(str(told).encode()).hexdigest()[:16]
