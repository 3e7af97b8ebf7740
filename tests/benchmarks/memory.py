"""``make bench-memory``: the memory of a run over fifty rounds of a tiny model.

The resident memory of ``fit``'s own process, the judge's not counted, is read whenever a round begins. The last line is
one JSON object with the rounds' figures and what a round adds, by the median of all slopes between rounds of the second
half (Theil and Sen).

Run: ``python -m tests.benchmarks.memory [--rounds 50]``; five minutes.
"""

import argparse
import itertools
import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from axiom.problems.problem import problem_to_json
from axiom.rounds.store import RoundStore
from tests.runs import ANSWERS, ONE, ROOT, command, environment, settings
from tests.tiny import save_taught_model


def resident_by_round(run: Path, arguments: list[str]) -> dict[int, int]:
    """Bytes at the begin of each round."""
    log = run.with_suffix(".log").open("w")
    running = subprocess.Popen(command(*arguments), cwd=ROOT, stdout=log, stderr=log, env=environment())
    process, found = psutil.Process(running.pid), {}
    while running.poll() is None:
        newest = RoundStore(run).newest()
        if newest is not None and newest not in found:
            found[newest] = process.memory_info().rss
        time.sleep(0.05)
    if running.returncode:
        raise SystemExit(f"the run ended with {running.returncode}: {run.with_suffix('.log').read_text()[-2000:]}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        problems = folder / "problems.jsonl"
        named = [problem_to_json(ONE) | {"id": f"t/{number}"} for number in range(6)]
        problems.write_text("".join(json.dumps(one) + "\n" for one in named))
        model = save_taught_model(folder / "model", ONE, ANSWERS)
        more = ("--expert_iteration.rounds", str(chosen.rounds), "--expert_iteration.epochs_per_round", "1")
        more += ("--model.learning_rate", "0.001")
        found = resident_by_round(folder / "run", ["fit", *settings(folder / "run", model, problems, *more)])
    later = sorted(index for index in found if index >= chosen.rounds // 2)
    slopes = [(found[b] - found[a]) / (b - a) for a, b in itertools.combinations(later, 2)]
    every = {index: found[index] for index in sorted(found) if index % 5 == 0}
    print(json.dumps({"rounds": chosen.rounds, "bytes_a_round": round(median(slopes)), "resident_bytes": every}))


if __name__ == "__main__":
    main()
