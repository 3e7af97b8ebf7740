"""One trainer of ``make bench-training``, in a process of its own.

    python -m tests.benchmarks.training_trainers TRAINER MODEL EXAMPLES.json [--batch-size B] [--steps S]

EXAMPLES.json: ``{"sft": [[prompt ids, completion ids], ...], "dpo": [[prompt, chosen, rejected], ...]}`` in the order
of training. Prints one JSON object: Examples, seconds, and the loss of each step; the first two steps, in which kernels
are chosen and buffers made, are not timed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

_UNTIMED = 2
_RATE = 2e-4
_Losses = list[float]


class _Clock:
    """When the timed steps began and ended."""

    def __init__(self) -> None:
        self.steps, self.began, self.ended = 0, 0.0, 0.0

    def step(self) -> None:
        self.steps, self.ended = self.steps + 1, time.perf_counter()
        if self.steps == _UNTIMED:
            self.began = self.ended


def axiom_sft(model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    """axiom's module under Lightning's Trainer on SFT."""
    from axiom.learning.objectives import SFT
    from axiom.learning.packing import TokenizedExample

    examples = [(TokenizedExample(tuple(prompt), tuple(completion)),) for prompt, completion in asked["sft"]]
    return _axiom(model, SFT(), examples, batch_size, steps, clock)


def axiom_dpo(model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    """The same on DPO."""
    from transformers import AutoTokenizer

    from axiom.learning.objectives import DPO
    from axiom.learning.packing import TokenizedExample

    tokenizer = AutoTokenizer.from_pretrained(model)
    pairs = []
    for prompt, *answers in asked["dpo"]:
        ids = tuple(tokenizer(prompt)["input_ids"])
        ended = [(*tokenizer(answer)["input_ids"], tokenizer.eos_token_id) for answer in answers]
        pairs.append(tuple(TokenizedExample(ids, answer) for answer in ended))
    return _axiom(model, DPO(beta=0.1), pairs, batch_size, steps, clock)


def _axiom(model: str, objective: Any, examples: list[Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    import lightning as L
    from torch.utils.data import DataLoader

    from axiom.learning.packing import pack
    from modules.policy_module import PolicyModule

    losses: _Losses = []

    class Watch(L.Callback):
        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, index: int) -> None:
            losses.append(float(outputs["loss"]))
            clock.step()

    module = PolicyModule(base=model, quantization="none", objective=objective, learning_rate=_RATE, warmup_steps=1)
    loader = DataLoader(
        examples, batch_size=batch_size, collate_fn=lambda batch: pack([one for together in batch for one in together])
    )
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    trainer = L.Trainer(max_steps=steps, accelerator="cpu", callbacks=[Watch()], **quiet)
    trainer.fit(module, train_dataloaders=loader)
    return losses


def trl_sft(model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    """TRL's SFTTrainer, each batch padded."""
    return _trl_sft(model, asked, batch_size, steps, clock, packing=False)


def trl_sft_padding_free(model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    """TRL's SFTTrainer, each batch one row."""
    return _trl_sft(model, asked, batch_size, steps, clock, packing=True)


def _trl_sft(
    model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock, *, packing: bool
) -> _Losses:
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    rows = [
        {"input_ids": prompt + completion, "completion_mask": [0] * len(prompt) + [1] * len(completion)}
        for prompt, completion in asked["sft"]
    ]
    settings = {"max_length": None, "completion_only_loss": True, "padding_free": packing}
    return _trl(SFTTrainer, SFTConfig, settings, model, Dataset.from_list(rows), batch_size, steps, clock)


def trl_dpo(model: str, asked: dict[str, Any], batch_size: int, steps: int, clock: _Clock) -> _Losses:
    """TRL's DPOTrainer."""
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    rows = [{"prompt": prompt, "chosen": chosen, "rejected": rejected} for prompt, chosen, rejected in asked["dpo"]]
    settings = {"max_length": 1024, "beta": 0.1}
    return _trl(DPOTrainer, DPOConfig, settings, model, Dataset.from_list(rows), batch_size, steps, clock)


def _trl(
    trainer_class: Any,
    config_class: Any,
    settings: dict[str, Any],
    model: str,
    dataset: Any,
    batch_size: int,
    steps: int,
    clock: _Clock,
) -> _Losses:
    import torch
    from peft import LoraConfig
    from torch.utils.data import SequentialSampler
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.step()

    class InOrder(trainer_class):  # type: ignore[misc]
        def _get_train_sampler(self, *_: Any, **__: Any) -> Any:
            return SequentialSampler(self.train_dataset)

    base = AutoModelForCausalLM.from_pretrained(model, dtype="auto")
    with tempfile.TemporaryDirectory() as folder:
        config = config_class(
            output_dir=folder,
            per_device_train_batch_size=batch_size,
            max_steps=steps,
            learning_rate=_RATE,
            lr_scheduler_type="constant",
            gradient_checkpointing=False,
            bf16=base.dtype == torch.bfloat16,
            use_cpu=True,
            report_to=[],
            logging_steps=1,
            save_strategy="no",
            disable_tqdm=True,
            max_grad_norm=0.0,
            **settings,
        )
        trainer = InOrder(
            model=base,
            args=config,
            train_dataset=dataset,
            processing_class=AutoTokenizer.from_pretrained(model),
            peft_config=LoraConfig(r=16, lora_alpha=32.0, target_modules="all-linear", task_type="CAUSAL_LM"),
            callbacks=[Watch()],
        )
        trainer.train()
        return [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]


TRAINERS: dict[str, Callable[[str, dict[str, Any], int, int, _Clock], _Losses]] = {
    "axiom_sft": axiom_sft,
    "trl_sft": trl_sft,
    "trl_sft_padding_free": trl_sft_padding_free,
    "axiom_dpo": axiom_dpo,
    "trl_dpo": trl_dpo,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trainer", choices=TRAINERS)
    parser.add_argument("model")
    parser.add_argument("examples", type=Path)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--steps", type=int, default=12)
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore")
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    torch.manual_seed(0)
    clock = _Clock()
    asked = json.loads(chosen.examples.read_text())
    losses = TRAINERS[chosen.trainer](chosen.model, asked, chosen.batch_size, chosen.steps, clock)
    count = (clock.steps - _UNTIMED) * chosen.batch_size
    result = {"examples": count, "timed_s": clock.ended - clock.began, "losses": losses}
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
