"""``make bench-division``: how long ranks wait for one another while they sample, against a static division.

Two processes with a processor each draw from the embedded model, judge and store, as ``fit`` does on two ranks. A first
pass, which is not counted, tells how long each problem's completions are; then the problems are put in an order in
which a static division, every second one to each rank, is skewed: one rank has the long half. Both divisions draw the
same samples of the same problems in turns. The last line is one JSON object.

Run: ``python -m tests.benchmarks.division``; ten minutes on two cores.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from axiom.generation.sampler import SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.policy.policy import Policy
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.rounds.budget import Plan
from axiom.rounds.collect import collect
from axiom.rounds.store import RoundFolder
from axiom.rounds.work import Alone, Together
from axiom.verification.judge import Judge
from datamodules.ranks import Ranks

_RANKS = 2


class Static(Alone):
    """A rank that has its problems beforehand, and meets the others at the end."""

    def __init__(self, ranks: Ranks) -> None:
        super().__init__()
        self.meet = ranks.gather  # type: ignore[method-assign]


class Rank:
    """One of the two processes."""

    def __init__(self, rank: int, port: int, folder: Path, chosen: argparse.Namespace) -> None:
        import torch.distributed as distributed

        store = distributed.TCPStore("127.0.0.1", port, _RANKS, rank == 0, timeout=timedelta(minutes=10))  # type: ignore[attr-defined]
        self.ranks, self.folder, self.samples = Ranks(rank, _RANKS, store), folder, chosen.samples
        self.problems = load_problems(chosen.problems)[: chosen.limit]
        self.sampler = TransformersSampler(rows=chosen.rows)
        policy = Policy(base="smollm2-135m-instruct", quantization="none")
        self.sampler.bind(policy.sampling_model(), policy.tokenizer)

    def run(self, repeats: int) -> dict[str, list[Any]]:
        """The waits and the seconds of both divisions."""
        found: dict[str, list[Any]] = {"static": [], "by_work": []}
        with Judge(workers=1) as judge:
            self._collected("first", self.problems, judge, self.ranks.together())
            skewed = self._skewed()
            for repeat in range(repeats):
                own = skewed[self.ranks.rank :: _RANKS]
                found["static"].append(self._collected(f"static{repeat}", own, judge, Static(self.ranks)))
                found["by_work"].append(self._collected(f"work{repeat}", skewed, judge, self.ranks.together()))
        self.ranks.gather(0.0)
        self.ranks.close()
        return found

    def _skewed(self) -> list[Problem]:
        """The problems, a long one and a short one in turn."""
        tokens: dict[str, list[int]] = defaultdict(list)
        for row in RoundFolder(self.folder / "first").read("train"):
            tokens[row.task_id].append(row.tokens)
        by_length = sorted(self.problems, key=lambda problem: (-mean(tokens[problem.id]), problem.id))
        half = (len(by_length) + 1) // 2
        pairs = zip(by_length[:half], [*by_length[half:], None], strict=False)
        return [problem for pair in pairs for problem in pair if problem is not None]

    def _collected(
        self, name: str, problems: Sequence[Problem], judge: Judge, together: Together
    ) -> tuple[float, float]:
        """The share of both ranks' time that one waits, and the seconds until both are through."""
        folder = RoundFolder(self.folder / name)
        folder.path.mkdir(parents=True, exist_ok=True)
        self.ranks.gather(0.0)
        progress = collect(
            folder,
            problems,
            purpose="train",
            plan=Plan({problem.id: self.samples for problem in problems}),
            sampler=self.sampler,
            params=SamplingParams(temperature=0.7, max_new_tokens=80),
            judge=judge,
            style="complete",
            run_seed=0,
            round_index=0,
            rank=self.ranks.rank,
            together=together,
        )
        return progress.waited_share, progress.elapsed_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", default="basics/train")
    parser.add_argument("--limit", type=int, default=48)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--rank", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.rank is not None:
        print(json.dumps(Rank(chosen.rank, chosen.port, chosen.folder, chosen).run(chosen.repeats)))
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.division",
            *sys.argv[1:],
            f"--port={port}",
            "--folder",
            folder,
        ]
        started = [
            subprocess.Popen(
                [*command, f"--rank={rank}"],
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"OMP_NUM_THREADS": "1"},
            )
            for rank in range(_RANKS)
        ]
        told = [json.loads(one.communicate()[0].splitlines()[-1]) for one in started]
    result: dict[str, Any] = {}
    for division in ("static", "by_work"):
        result[f"waited_{division}"] = [round(one[0], 3) for one in told[0][division]]
        result[f"seconds_{division}"] = [round(one[1], 1) for one in told[0][division]]
    waits = [mean(result[f"waited_{division}"]) for division in ("by_work", "static")]
    result["waited_ratio"] = round(waits[0] / waits[1], 3) if waits[1] else None
    print(json.dumps(result))


if __name__ == "__main__":
    main()
