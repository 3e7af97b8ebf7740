"""A base that ranks share: what it computes, holds and writes is what a whole one does."""

import fcntl
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import distributed
from torch.distributed.tensor import DTensor

from axiom.errors import ConfigError, ModelError
from axiom.learning.packing import pack
from axiom.policy.export import held_base
from axiom.policy.policy import Policy
from axiom.policy.sharding import in_turn, mesh_of, shard
from axiom.policy.value_function import ValueFunction
from tests.architectures import ARCHITECTURES
from tests.policy.test_tree_attention import noisy_policy, of_policy, saved, some_examples
from tests.runs import ROOT, environment


def bytes_of(policy: Policy) -> int:
    """What a rank holds of the base's parameters."""
    local = [p.to_local() if isinstance(p, DTensor) else p for p in policy.parameters() if not p.requires_grad]
    return sum(tensor.numel() * tensor.element_size() for tensor in local)


def same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def on_a_rank(base: Path, quantization: str, checkpointing: bool, device: torch.device) -> dict[str, Any]:
    """What one of the ranks finds, each with batches of its own."""
    own = some_examples()[distributed.get_rank() :]
    how: dict[str, Any] = {
        "quantization": quantization,
        "gradient_checkpointing": checkpointing,
        "device": device,
    }
    alone = noisy_policy(base, **how)
    shared = noisy_policy(base, **how, mesh=mesh_of(device))
    found: dict[str, Any] = {"share": bytes_of(shared) / bytes_of(alone)}
    (told, gradients), (expected, their_gradients) = of_policy(shared, own), of_policy(alone, own)
    found["log_probs"], found["gradients"] = torch.equal(told, expected), same(gradients, their_gradients)
    # With the base's logits between forward and backward, as a step with a divergence has them.
    logits = shared.completion_logits(pack(own).to(device))
    found["base"] = torch.equal(shared.base_logits(pack(own).to(device)), alone.base_logits(pack(own).to(device)))
    shared.zero_grad()
    logits.square().mean().backward()
    alone.zero_grad()
    alone.completion_logits(pack(own).to(device)).square().mean().backward()
    found["later"] = same(
        *({n: p.grad for n, p in one.named_parameters() if p.requires_grad} for one in (shared, alone))
    )
    found["adapter"] = shared.adapter_hash() == alone.adapter_hash()
    shared.save_base(base.parent / "shared")
    alone.save_base(base.parent / f"alone-{distributed.get_rank()}")
    found["written"] = held_base(base.parent / "shared") == held_base(base.parent / f"alone-{distributed.get_rank()}")
    with pytest.raises(ModelError, match="no rank has the base to sample with"):
        shared.sampling_model()
    with pytest.raises(ModelError, match=r"needs the whole base; leave data\.value\.learn off"):
        ValueFunction(shared, trains_adapter=False)
    with pytest.raises(ModelError, match=r"int8 base is not shared out; take --model\.quantization nf4"):
        noisy_policy(base, quantization="int8", mesh=mesh_of(device))
    return found


def found_by_ranks(count: int, kind: str, quantization: str, checkpointing: bool, folder: Path) -> list[dict[str, Any]]:
    base = saved(ARCHITECTURES[kind](), folder / "base")
    ranks = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(count), "-m"]
    words = ["tests.policy.test_sharding", str(base), quantization, str(int(checkpointing))]
    done = subprocess.run([*ranks, *words], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not list(folder.glob(".shared-*"))
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(count)]


@pytest.mark.skipif(torch.cuda.is_available(), reason="its ranks would share a GPU")
@pytest.mark.parametrize(
    ("kind", "quantization", "checkpointing"),
    [("qwen2", "nf4", False), ("llama", "nf4", True), ("gpt2", "none", False)],
)
def test_a_shared_base_computes_what_a_whole_one_does(
    kind: str, quantization: str, checkpointing: bool, tmp_path: Path
) -> None:
    for found in found_by_ranks(2, kind, quantization, checkpointing, tmp_path):
        assert found.pop("share") == pytest.approx(0.5, abs=0.02)
        assert found == dict.fromkeys(found, True)


def test_ranks_of_a_machine_read_the_base_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with in_turn():
        (file,) = tmp_path.iterdir()
        with file.open("w") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with file.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_run_without_ranks_and_a_model_without_layers_share_nothing() -> None:
    with pytest.raises(ConfigError, match=r"no ranks to share the base; take --trainer\.strategy ddp"):
        mesh_of(torch.device("cpu"))
    with pytest.raises(ModelError, match="Linear has no layers to share out; leave it off"):
        shard(torch.nn.Linear(2, 2), mesh=None)  # type: ignore[arg-type]


if __name__ == "__main__":
    has_gpu, folder = torch.cuda.is_available(), Path(sys.argv[1])
    distributed.init_process_group("nccl" if has_gpu else "gloo")
    result = on_a_rank(folder, sys.argv[2], sys.argv[3] == "1", torch.device("cuda:0" if has_gpu else "cpu"))
    (folder.parent / f"{distributed.get_rank()}.json").write_text(json.dumps(result))
    distributed.destroy_process_group()
