"""Verdicts on an idle machine and on one with eight busy loops: how many change.

Canonical solutions of HumanEval and of axiom's own problems and near misses of them, two workers, half a second of CPU
each. Programs that need within a fifth of that limit, as a run with twice the limit shows, are outside the judge's
promise and counted apart. The last line is one JSON object.

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

from axiom.problems.mutants import mutants
from axiom.problems.problem import Limits, Problem
from axiom.problems.sources import BASICS_SPLITS, load_problems
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict

_LIMITS = Limits(cpu_s=0.5, wall_s=30.0, memory_bytes=1 << 30)
_LOOPS = 8
_OF_EACH = 10


def programs(count: int) -> list[tuple[Problem, str]]:
    """Canonical solutions and their mutants, the same at every call."""
    sources = ("humaneval", *(f"basics/{split}" for split in BASICS_SPLITS))
    problems = [problem for source in sources for problem in load_problems(source)]
    found = []
    for problem in problems:
        changed = (mutant.source for mutant in mutants(problem.reference))
        some = itertools.islice(itertools.chain([problem.reference], changed), _OF_EACH)
        found += [(dataclasses.replace(problem, limits=_LIMITS), source) for source in some]
    assert len(found) >= count, f"only {len(found)} programs"
    return found[:count]


def judged(items: list[tuple[Problem, str]]) -> tuple[list[Verdict], float]:
    """The verdicts, and the seconds that they took."""
    with Judge(workers=2, isolation="namespaces") as judge:
        started = time.perf_counter()
        futures = [judge.submit(problem, source) for problem, source in items]
        return [future.result() for future in futures], time.perf_counter() - started


def needed_s(items: list[tuple[Problem, str]], verdicts: list[Verdict]) -> list[float]:
    """CPU seconds that each program takes; those that met the limit are given twice as much."""
    twice = dataclasses.replace(_LIMITS, cpu_s=2 * _LIMITS.cpu_s)
    stopped = [n for n, verdict in enumerate(verdicts) if verdict.cpu_s >= _LIMITS.cpu_s]
    again, _ = judged([(dataclasses.replace(items[n][0], limits=twice), items[n][1]) for n in stopped])
    longer = dict(zip(stopped, again, strict=True))
    return [longer.get(n, verdict).cpu_s for n, verdict in enumerate(verdicts)]


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
    needed = needed_s(items, idle)
    near = [0.8 <= cpu_s / _LIMITS.cpu_s <= 1.2 for cpu_s in needed]
    changed = [
        (problem.id, first.outcome.value, second.outcome.value, round(cpu_s, 3), is_near)
        for (problem, _), first, second, cpu_s, is_near in zip(items, idle, busy, needed, near, strict=True)
        if first.outcome is not second.outcome
    ]
    for row in changed:
        print(*row)
    result = {
        "programs": len(items),
        "outcomes": Counter(verdict.outcome.value for verdict in idle),
        "near_the_limit": sum(near),
        "changed": sum(not row[-1] for row in changed),
        "changed_near_the_limit": sum(row[-1] for row in changed),
        "idle_s": round(idle_s, 1),
        "busy_s": round(busy_s, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
