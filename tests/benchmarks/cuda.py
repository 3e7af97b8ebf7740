"""``make bench-cuda``: what a GPU gives a model of a real one's shape, with random weights, so that none is downloaded.

QLoRA steps of SFT through the PolicyModule and Lightning's Trainer, without and with gradient checkpointing, then
samples of the policy that was trained: Examples, tokens and samples a second, and the most memory that torch took. With
``--shard`` under ``torchrun`` ranks share the base (FSDP2) and nothing is sampled. The last line is one JSON object.

Run: ``python -m tests.benchmarks.cuda --shape 7b``; ``--device cpu --shape tiny`` tries the script itself.
"""

import argparse
import gc
import itertools
import json
import os
import statistics
import sys
import time
from typing import Any
from unittest import mock

import lightning as L
import torch
from torch.utils.data import DataLoader
from transformers import Qwen2Config, Qwen2ForCausalLM

from axiom.generation.sampler import Request, SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.learning.packing import PackedBatch, TokenizedExample, pack
from axiom.policy import policy as policy_file
from axiom.prompts import Message, Prompt
from modules.policy_module import PolicyModule
from tests.tiny import byte_tokenizer

# Of Qwen2.5-Coder's config.json: layers, width, width of the middle, query heads, key-value heads, vocabulary.
SHAPES = {
    "tiny": (2, 64, 128, 4, 2, 300),
    "1.5b": (28, 1536, 8960, 12, 2, 151_936),
    "7b": (28, 3584, 18_944, 28, 4, 152_064),
}
_PROMPT, _COMPLETION = 240, 160  # tokens
_SAME_PROMPT, _SAMPLES = 4, 16  # Examples of a prompt, samples of one


def random_base(shape: str, device: torch.device) -> Any:
    """What takes the place of ``load_base``: the model is made where it will be."""
    layers, width, middle, heads, groups, vocabulary = SHAPES[shape]
    tokenizer = byte_tokenizer()
    config = Qwen2Config(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=middle, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=groups, max_position_embeddings=32_768,
        tie_word_embeddings=shape == "1.5b", eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip

    def load(name: str, *, dtype: str) -> tuple[Any, Any]:
        with device:
            model = Qwen2ForCausalLM._from_config(config, dtype=getattr(torch, dtype))
        return model.eval(), tokenizer

    return load


def batches(count: int, examples: int) -> DataLoader[PackedBatch]:
    """Packed steps of random tokens; each prompt has four completions."""
    chance = torch.Generator().manual_seed(0)

    def tokens(number: int) -> tuple[int, ...]:
        return tuple(torch.randint(0, 256, (number,), generator=chance).tolist())

    steps = []
    for _ in range(count):
        prompts = [tokens(_PROMPT) for _ in range(-(-examples // _SAME_PROMPT))]
        steps.append(pack([TokenizedExample(prompts[n // _SAME_PROMPT], tokens(_COMPLETION)) for n in range(examples)]))
    return DataLoader(steps, batch_size=None)  # type: ignore[arg-type]


class Clock(L.Callback):
    """When each step ended, all of it computed."""

    def __init__(self) -> None:
        self.ended: list[float] = []

    def on_train_batch_end(self, *_: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.ended.append(time.monotonic())


def trained(module: PolicyModule, chosen: argparse.Namespace) -> dict[str, Any]:
    """Steps of one module; the first fifth warms up."""
    clock, examples = Clock(), chosen.examples
    trainer = L.Trainer(
        max_steps=chosen.steps, accelerator="cpu" if chosen.device == "cpu" else "gpu", callbacks=[clock],
        devices=int(os.environ["LOCAL_WORLD_SIZE"]) if chosen.shard else 1, strategy="ddp" if chosen.shard else "auto",
        logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(module, train_dataloaders=batches(chosen.steps, examples))
    counted = clock.ended[chosen.steps // 5 :]
    step_s = statistics.median(later - before for before, later in itertools.pairwise(counted))
    row = -(-examples // _SAME_PROMPT) * _PROMPT + examples * _COMPLETION
    return {
        "step_s": round(step_s, 4),
        "examples_per_s": round(examples / step_s, 2),
        "tokens_of_a_row_per_s": round(row / step_s),
        "peak_gib": _peak_gib(),
    }


def sampled(module: PolicyModule, device: torch.device, chosen: argparse.Namespace) -> dict[str, Any]:
    """Completions of full length, as random weights hardly ever end one."""
    assert module.policy is not None
    policy = module.policy.to(device)
    _forget_peak()
    sampler = TransformersSampler(rows=chosen.rows)
    sampler.bind(policy.sampling_model(), policy.tokenizer)
    wanted = []
    for number in range(max(chosen.rows // _SAMPLES, 1)):
        prompt = Prompt((Message("user", chr(97 + number % 26) * _PROMPT),))
        wanted.append(Request(f"p{number}", prompt, tuple((index, 100 * number + index) for index in range(_SAMPLES))))
    started = time.monotonic()
    drawn = list(sampler.sample(wanted, SamplingParams(temperature=1.0, max_new_tokens=_COMPLETION)))
    took = time.monotonic() - started
    tokens = sum(sample.tokens for sample in drawn)
    return {
        "samples": len(drawn),
        "tokens_per_s": round(tokens / took),
        "samples_per_s": round(len(drawn) / took, 2),
        "peak_gib": _peak_gib(),
    }


def _peak_gib() -> float | None:
    return round(torch.cuda.max_memory_allocated() / 2**30, 2) if torch.cuda.is_available() else None


def _forget_peak() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="7b")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--examples", type=int, default=8, help="of a step")
    parser.add_argument("--rows", type=int, default=256, help="completions decoded together")
    parser.add_argument("--shard", action="store_true", help="have torchrun's ranks share the base")
    chosen = parser.parse_args()
    if chosen.device == "cuda" and not torch.cuda.is_available():
        sys.exit("error: no CUDA device; --device cpu --shape tiny tries the script itself")
    device = torch.device("cpu") if chosen.device == "cpu" or chosen.shard else torch.device("cuda", 0)
    told: dict[str, Any] = {"shape": chosen.shape, "device": chosen.device, "torch": torch.__version__}
    if torch.cuda.is_available():
        told["card"] = torch.cuda.get_device_name()
    with mock.patch.object(policy_file, "load_base", random_base(chosen.shape, device)):
        for checkpointing in (False, True):
            L.seed_everything(0, verbose=False)
            module = PolicyModule(
                base="random",
                gradient_checkpointing=checkpointing,
                optimizer="adamw" if chosen.device == "cpu" else "paged_adamw_8bit",
                shard_base=chosen.shard,
                warmup_steps=1,
            )
            _forget_peak()
            name = "trained, checkpointing" if checkpointing else "trained"
            told[name] = trained(module, chosen)
            print(f"{name}: {told[name]}", file=sys.stderr, flush=True)
        if not chosen.shard:
            told["sampled"] = sampled(module, device, chosen)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
