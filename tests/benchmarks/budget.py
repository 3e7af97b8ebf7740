"""``make bench-budget``: problems solved by a round's early stop against an even division, at equal tokens.

The judged test samples that runs hold of their first and their best round stand for a round before and a round under
way: nothing is drawn anew. In each of many shuffles every problem has up to all of the best round's samples to draw
from; the even division takes the first N of each, and :class:`axiom.rounds.budget.Budget` gives out as many samples,
but never more tokens, each verdict known before the next request. It is told of N samples of the first round, as a
real round would be. Figures are means over shuffles and runs; intervals are of the paired difference, by bootstrap
over runs' shuffles. The last line is one JSON object.

Run: ``python -m tests.benchmarks.budget RUN [RUN ...] [--samples 8] [--enough 1] [--first 2]``.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean

from axiom.errors import AxiomError
from axiom.learning.selection import trainable_program
from axiom.pass_at_k import paired_bootstrap
from axiom.report.contents import chosen_round
from axiom.report.numbers import read_run
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.store import JudgedSample, RoundStore

Pool = Mapping[str, Sequence[JudgedSample]]


def pool_of(rows: Iterable[JudgedSample], *, rng: random.Random) -> dict[str, list[JudgedSample]]:
    """Each problem's samples in a random order."""
    found: dict[str, list[JudgedSample]] = defaultdict(list)
    for row in rows:
        found[row.task_id].append(row)
    for some in found.values():
        rng.shuffle(some)
    return found


def by_early_stop(pool: Pool, plan: Plan, *, tokens: int) -> list[JudgedSample]:
    """What the early stop draws of a pool, up to so many tokens."""
    budget = Budget(plan, list(pool), [])
    taken: list[JudgedSample] = []
    while sum(row.tokens for row in taken) < tokens and (given := next(budget.next_samples(), None)) is not None:
        name, indices = given
        rows = [pool[name][index] for index in indices if index < len(pool[name])]
        for row in rows:
            budget.judged(row)
        taken += rows
    return taken


def solved(rows: Iterable[JudgedSample]) -> int:
    """Problems with a passing program that training can use."""
    return len({row.task_id for row in rows if trainable_program(row) is not None})


def programs(rows: Iterable[JudgedSample], *, most: int) -> int:
    """Distinct such programs, of each problem at most so many."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if (program := trainable_program(row)) is not None:
            found[row.task_id].add(program)
    return sum(min(len(some), most) for some in found.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--samples", type=int, default=8, help="N of the even division")
    parser.add_argument("--enough", type=int, default=1, help="enough_passing")
    parser.add_argument("--first", type=int, default=2, help="first_samples")
    parser.add_argument("--shuffles", type=int, default=50)
    asked = parser.parse_args()
    even: list[tuple[int, int]] = []
    early: list[tuple[int, int]] = []
    for path in asked.runs:
        run = read_run(path)
        before, now = (RoundStore(path).folder(index).read("test") for index in (0, chosen_round(run, None)))
        for shuffle in range(asked.shuffles):
            rng = random.Random(shuffle)
            earlier = {
                name: (asked.samples, sum(row.passed for row in some[: asked.samples]))
                for name, some in pool_of(before, rng=rng).items()
            }
            pool = pool_of(now, rng=rng)
            plan = Plan(
                dict.fromkeys(pool, asked.samples), enough_passing=asked.enough, fixed=asked.first, earlier=earlier
            )
            evenly = [row for some in pool.values() for row in some[: asked.samples]]
            stopped = by_early_stop(pool, plan, tokens=sum(row.tokens for row in evenly))
            even.append((solved(evenly), programs(evenly, most=4)))
            early.append((solved(stopped), programs(stopped, most=4)))
    told = {"runs": len(asked.runs), "samples": asked.samples, "enough": asked.enough, "first": asked.first}
    figures: dict[str, object] = dict(told)
    for place, name in enumerate(("solved", "programs")):
        left, right = [one[place] for one in even], [one[place] for one in early]
        figures[name] = [round(mean(left), 2), round(mean(right), 2)]
        figures[f"{name}_change"] = [round(x, 2) for x in paired_bootstrap(left, right)]
    print(json.dumps(figures))


if __name__ == "__main__":
    try:
        main()
    except AxiomError as error:
        sys.exit(f"error: {error}")
