"""What engines outside PyTorch's modules get of a policy: its adapter as a folder, under a new name each time.

vLLM keys the blocks of its prefix cache by an adapter's name and path, so weights that change under one name are
answered from the old ones' cache (vllm#42125): every adapter gets a name of its own, and a folder named by its hash.
"""

import json
import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from safetensors import safe_open

from axiom.errors import SamplingError
from axiom.generation.sampler import Request, SampledPolicy

P = TypeVar("P")

_WEIGHTS, _CONFIG = "adapter_model.safetensors", "adapter_config.json"


@dataclass(frozen=True, slots=True)
class SavedAdapter:
    """A PEFT folder, ready to be loaded by an engine.

    Attributes:
        name: never used before, by any process; holds the adapter's hash.
        folder: absolute.
        rank: the largest LoRA rank in it.
        is_zero: whether it changes nothing, as before any training.
    """

    name: str
    folder: Path
    rank: int
    is_zero: bool


def save_adapter(policy: SampledPolicy, workspace: Path) -> SavedAdapter:
    """Write the policy's adapter, as it is now, to ``workspace/adapters/<hash>``, whole or not at all.

    Raises:
        SamplingError: if it cannot be written.
    """
    adapter_hash = policy.adapter_hash()
    folder = (workspace / "adapters" / adapter_hash).resolve()
    try:
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as scratch:
                policy.save_adapter(Path(scratch) / adapter_hash)
                try:
                    os.rename(Path(scratch) / adapter_hash, folder)
                except OSError:  # another rank was faster with the same weights
                    if not folder.is_dir():
                        raise
        config = json.loads((folder / _CONFIG).read_text())
        with safe_open(folder / _WEIGHTS, framework="pt") as tensors:
            ups = [name for name in tensors.keys() if "lora_B" in name]  # noqa: SIM118 - it is no dictionary
            is_zero = not any(bool(tensors.get_tensor(name).any()) for name in ups)
    except OSError as error:
        raise SamplingError(f"the adapter cannot be written to {folder}: {error}; is the run's folder writable?") from (
            error
        )
    rank = max([config["r"], *config.get("rank_pattern", {}).values()])
    return SavedAdapter(f"axiom-{adapter_hash}-{uuid.uuid4().hex[:8]}", folder, rank, is_zero)


def one_by_one(
    requests: Iterable[Request | None], prepare: Callable[[Request], P]
) -> Iterator[tuple[P, Request, int, int] | None]:
    """(prepared request, request, sample index, seed) of every sample; a request is pulled when the last is used up.

    None where there is none at the moment.
    """
    for request in requests:
        if request is None:
            yield None
            continue
        prepared = prepare(request)
        for index, seed in request.seeds:
            yield prepared, request, index, seed
