"""``make bench-store``: the time and the memory that it takes to open a round of a million samples.

The rows are those of a run's train files over and over, under other indices; without a run, of one made-up row with as
many tokens as a short program has. The last line is one JSON object.

Run: ``python -m tests.benchmarks.store [RUN] [--rows 1000000]``; two minutes.
"""

import argparse
import itertools
import json
import resource
import tempfile
import time
from pathlib import Path

from axiom.rounds.store import RoundFolder, counts_by_problem

_MADE_UP = {
    "task_id": "made/up",
    "sample_index": 0,
    "completion": "\n    return " + " + ".join("abcdefgh") + "\n```",
    "solution": "def f(a):\n    return a\n",
    "outcome": "wrong_answer",
    "passed": False,
    "passed_tests": 1,
    "total_tests": 8,
    "cpu_s": 0.0123,
    "wall_s": 0.0234,
    "peak_bytes": 21000000,
    "message": "f(1) is 1, expected 2",
    "tokens": 20,
    "token_ids": list(range(1000, 21000, 1000)),
    "log_probs": [-0.12345] * 20,
    "finish_reason": "stop",
    "seed": 1234567890123456789,
    "sampler": "transformers",
}


def write(file: Path, run: Path | None, rows: int) -> None:
    """A file of so many rows, each key once."""
    lines = [] if run is None else [line for one in run.glob("rounds/*/train-*") for line in one.open()]
    made = [json.loads(line) for line in lines] or [_MADE_UP]
    with file.open("w", encoding="utf-8") as opened:
        for index, row in enumerate(itertools.islice(itertools.cycle(made), rows)):
            opened.write(json.dumps(row | {"sample_index": index}, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "train-rank000.jsonl"
        write(file, chosen.run, chosen.rows)
        before, began, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic(), time.process_time()
        rows = RoundFolder(Path(folder)).read("train")
        result = {
            "rows": len(rows),
            "file_bytes": file.stat().st_size,
            "open_s": round(time.monotonic() - began, 1),
            "open_cpu_s": round(time.process_time() - cpu, 1),
            "memory_bytes": 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before),
            "problems": len(counts_by_problem(rows)),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
