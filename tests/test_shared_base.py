"""Ranks that share the base in the loop: the same Examples, losses and adapters as ranks that each have all of it."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from axiom.__main__ import main
from axiom.rounds.store import RoundStore
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.runs import axiom, events, settings

FEW = ("--data.validation_samples", "8", "--data.test_samples", "8", "--expert_iteration.epochs_per_round", "2")


@pytest.mark.slow
def test_ranks_that_share_the_base_learn_what_ranks_with_all_of_it_do(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    losses, adapters = [], []
    with CompletionsServer(taught[0], Behaviour()) as server:
        sampler = "--data.sampler"
        drawn = (sampler, "OpenAISampler", f"{sampler}.base_url", server.url, f"{sampler}.model", "tiny")
        ranks = ("--trainer.devices", "2", "--trainer.strategy", "ddp", "--model.quantization", "nf4")
        for shared in ("false", "true"):
            run = tmp_path / shared
            # The second round of one goes on from the checkpoint that its first has left.
            for rounds in ("1", "2") if shared == "true" else ("2",):
                length = ("--expert_iteration.rounds", rounds, "--model.kl_coefficient", "0.1")
                more = ("--model.shard_base", shared, *length)
                done = axiom("fit", *settings(run, *taught, *FEW, *drawn, *ranks, *more))
                assert done.returncode == 0, done.stderr
            losses.append([event.value for event in events(run).Scalars("train/loss")])
            adapters.append(load_file(RoundStore(run).folder(2).adapter / "adapter_model.safetensors"))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert len(losses[0]) > 3
    assert any(tensor.any() for name, tensor in adapters[0].items() if "lora_B" in name)
    torch.testing.assert_close(adapters[0], adapters[1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ((), "no rank has the base to sample with; take a server, --data.sampler OpenAISampler"),
        (("--data.sampler", "VLLMSampler"), "there are no ranks to share the base; take --trainer.strategy ddp"),
    ],
)
def test_a_base_that_cannot_be_shared_is_told_with_the_remedy(
    more: tuple[str, ...], told: str, taught: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", *settings(tmp_path / "run", *taught, "--model.shard_base", "true", *more)]) == 2
    assert f"error: model.shard_base: {told}\n" in capsys.readouterr().err
    assert not (tmp_path / "run" / "rounds").exists()
