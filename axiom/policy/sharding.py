"""A base of which each rank keeps a share: PyTorch's FSDP2 over the frozen weights, the adapter whole on every rank.

A decoder layer's weights are gathered when the forward or the backward enters it and let go of when it leaves; FSDP2
fetches the next layer's meanwhile. NF4 weights travel as they are stored, two in a byte, so bitsandbytes needs no
storage type of its own for it; the scales of their blocks (a quarter of a bit a weight) stay whole. The adapter's
gradients are DDP's to average, and what reads or saves an adapter sees all of it.

Covered: forwards with and without the adapter, several before a backward, recomputation of layers; no GPU ever holds
more than its share and the layers at work, and the host, whose ranks read the base one after the other, one whole base.
Not covered: a copy that samples, a value function on the states. Assumes: every rank makes the same forwards in one
order.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import distributed
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from axiom.errors import ConfigError, ModelError
from axiom.policy.models import decoder_layers

NO_SAMPLING = "model.shard_base: no rank has the base to sample with; take a server, --data.sampler OpenAISampler"


def mesh_of(device: torch.device) -> DeviceMesh:
    """All ranks of the run, in one dimension.

    Args:
        device: of this rank; its kind is all ranks'.

    Raises:
        ConfigError: if the run has no ranks.
    """
    if not distributed.is_initialized():
        raise ConfigError("model.shard_base: there are no ranks to share the base; take --trainer.strategy ddp")
    return init_device_mesh(device.type, (distributed.get_world_size(),))


@contextmanager
def in_turn() -> Iterator[None]:
    """Read and share out a base while no other rank of this machine does: the host then holds one of it at a time."""
    # Never through a link that another user has put there.
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(Path(tempfile.gettempdir(), f"axiom-{os.getuid()}.turn"), flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def shard(model: torch.nn.Module, mesh: DeviceMesh) -> None:
    """Leave each rank its share of the weights that are not trained, on the mesh's device; a layer is whole at a time.

    Args:
        model: the causal LM, with its adapter in it, whole, on any device.
        mesh: of one dimension, the ranks.

    Raises:
        ModelError: if the model's layers are not known to Transformers.
    """
    layers = decoder_layers(model)
    if not layers:
        raise ModelError(f"model.shard_base: {type(model).__name__} has no layers to share out; leave it off")
    trained = {parameter for parameter in model.parameters() if parameter.requires_grad}
    for module in (*layers, model):
        fully_shard(module, mesh=mesh, ignored_params=trained)
    device = torch.device(mesh.device_type, torch.cuda.current_device()) if mesh.device_type == "cuda" else "cpu"
    for parameter in trained:
        parameter.data = parameter.data.to(device)


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor as it is where it is not shared out; otherwise gathered, for which every rank has to ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
