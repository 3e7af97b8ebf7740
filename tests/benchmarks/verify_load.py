"""Verdicts on an idle machine and on one with eight busy loops: how many change.

HumanEval's canonical solutions and near misses of them, two workers, half a second of CPU each. Programs within a fifth
of that limit are outside the judge's promise and counted apart. The last line is one JSON object.

Run: ``python -m tests.benchmarks.verify_load``, on a machine that does nothing else.
"""

import argparse
import dataclasses
import itertools
import json
import subprocess
import sys
import time
from collections import Counter

from axiom.problems.problem import Limits, Problem
from axiom.problems.sources import load_problems
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict
from tests.benchmarks.mutants import mutants

_LIMITS = Limits(cpu_s=0.5, wall_s=30.0, memory_bytes=1 << 30)
_LOOPS = 8


def programs(count: int) -> list[tuple[Problem, str]]:
    """Canonical solutions and their mutants, the same at every call."""
    problems = [dataclasses.replace(problem, limits=_LIMITS) for problem in load_problems("humaneval")]
    found = []
    for problem in problems:
        assert problem.reference is not None
        some = itertools.chain([problem.reference], mutants(problem.reference))
        found += [(problem, source) for source in itertools.islice(some, -(-count // len(problems)))]
    return found[:count]


def judged(items: list[tuple[Problem, str]]) -> tuple[list[Verdict], float]:
    """The verdicts, and the seconds that they took."""
    with Judge(workers=2, isolation="namespaces") as judge:
        started = time.perf_counter()
        futures = [judge.submit(problem, source) for problem, source in items]
        return [future.result() for future in futures], time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=2000)
    items = programs(parser.parse_args().programs)
    idle, idle_s = judged(items)
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(_LOOPS)]
    try:
        busy, busy_s = judged(items)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    changed, near = [], 0
    for (problem, _), first, second in zip(items, idle, busy, strict=True):
        is_near = any(0.8 <= verdict.cpu_s / _LIMITS.cpu_s <= 1.2 and not verdict.passed for verdict in (first, second))
        is_near = is_near or any(verdict.passed and verdict.cpu_s >= 0.8 * _LIMITS.cpu_s for verdict in (first, second))
        near += is_near
        if first.outcome is not second.outcome:
            changed.append((problem.id, first.outcome.value, second.outcome.value, first.cpu_s, second.cpu_s, is_near))
    for row in changed:
        print(*row)
    result = {
        "programs": len(items),
        "outcomes": Counter(verdict.outcome.value for verdict in idle),
        "near_the_limit": near,
        "changed": sum(not row[-1] for row in changed),
        "changed_near_the_limit": sum(row[-1] for row in changed),
        "idle_s": round(idle_s, 1),
        "busy_s": round(busy_s, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
