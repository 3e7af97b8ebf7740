"""``make bench-training``: Examples a second and peak memory of a training step, axiom's beside TRL's trainers.

All train the same dequantised base, in bfloat16 where the processor multiplies it and in float32 elsewhere, with
float32 LoRA (r = 16, all linear layers), the same Examples in the same order and batches, without gradient
checkpointing; each in a process of its own. Examples are four programs of each problem of ``basics/train``: its
reference with a comment, since what is measured is the step and not the learning. Pairs have a near miss of the
reference as the rejected program. The last line is one JSON object.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from axiom.generation.chat_template import encode_prompt, prompt_text
from axiom.policy.policy import Policy
from axiom.problems.mutants import mutants
from axiom.problems.sources import load_problems
from axiom.prompts import build_prompt
from tests.benchmarks.own_process import measured

_EACH = 4
_GIB = 1 << 30


def write_examples(file: Path, policy: Policy, problems: int) -> Path:
    """What the trainers are asked for: Examples of one problem stand next to each other, as axiom's loader has them."""
    sft, dpo = [], []
    tokenizer = policy.tokenizer
    for problem in load_problems("basics/train")[:problems]:
        prompt = build_prompt(problem, style="direct")
        wrong = next(iter(mutants(problem.reference or ""))).source
        for number in range(_EACH):
            right = f"{problem.reference}\n# {number}\n"
            completion = tokenizer(right, add_special_tokens=False)["input_ids"]
            sft.append((encode_prompt(tokenizer, prompt), [*completion, tokenizer.eos_token_id]))
            dpo.append((prompt_text(tokenizer, prompt), right, f"{wrong}\n# {number}\n"))
    file.write_text(json.dumps({"sft": sft, "dpo": dpo}))
    return file


def run_trainer(name: str, base: Path, examples: Path, *, batch_size: int, steps: int) -> dict[str, Any]:
    """One trainer in its own process: its result with its rate, or ``{"reason": ...}``."""
    command = [sys.executable, "-m", "tests.benchmarks.training_trainers", name, str(base), str(examples)]
    command += ["--batch-size", str(batch_size), "--steps", str(steps)]
    result = measured(name, command, first_key="examples")
    return result if "reason" in result else result | {"examples_per_s": result["examples"] / result["timed_s"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--steps", type=int, default=12)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policy = Policy(base="smollm2-135m-instruct")
        policy.save_base(folder / "base")
        examples = write_examples(folder / "examples.json", policy, chosen.batch_size * chosen.steps // _EACH)
        dtype = policy.dtype_name
        del policy
        sizes = {"batch_size": chosen.batch_size, "steps": chosen.steps}
        results = {
            trainer: run_trainer(trainer, folder / "base", examples, **sizes)
            for trainer in ("axiom_sft", "trl_sft", "trl_sft_padding_free", "axiom_dpo", "trl_dpo")
        }
    report(results, dtype=dtype)


def report(results: dict[str, dict[str, Any]], *, dtype: str) -> None:
    """The table, and the JSON object."""
    table = Table(title=f"Training steps, SmolLM2-135M-Instruct, {dtype}, LoRA r = 16")
    for column in ("", "Examples/s", "peak GiB", "first loss", "last loss"):
        table.add_column(column, justify="right" if column else "left")
    for name, result in results.items():
        if "reason" in result:
            table.add_row(name, "none", "", result["reason"])
        else:
            losses = result["losses"]
            cells = (result["examples_per_s"], result["peak_bytes"] / _GIB, losses[0], losses[-1])
            table.add_row(name, *(f"{cell:.2f}" for cell in cells))
    Console().print(table)

    def ratio(mine: str, peers: tuple[str, ...], key: str, *, best: Any) -> float | None:
        others = [results[peer][key] for peer in peers if key in results[peer]]
        return round(results[mine][key] / best(others), 2) if others and key in results[mine] else None

    sft = ("trl_sft", "trl_sft_padding_free")
    print(
        json.dumps(
            {
                "trl_sft_examples_ratio": ratio("axiom_sft", sft, "examples_per_s", best=max),
                "trl_sft_memory_ratio": ratio("axiom_sft", sft, "peak_bytes", best=min),
                "trl_dpo_examples_ratio": ratio("axiom_dpo", ("trl_dpo",), "examples_per_s", best=max),
                "unavailable": {name: result["reason"] for name, result in results.items() if "reason" in result},
            }
        )
    )


if __name__ == "__main__":
    main()
