"""How strong the hidden tests of ``basics`` are: every mutant of every reference is judged.

Run: ``python -m axiom.problems.basics.mutation [--inputs 10000]``. Prints the mutants that pass and are not known to be
equivalent, holds those that are against their references on so many generated inputs, and ends with one JSON object.
Ends with 1 if one that is called equivalent is not.
"""

import argparse
import copy
import json
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from axiom.problems.basics.authoring import Args, Draft, deadline, load_function
from axiom.problems.basics.equivalent import EQUIVALENT
from axiom.problems.basics.rebuild import draft_modules, load_drafts
from axiom.problems.mutants import Mutant, mutants
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.verification.comparison import matches
from axiom.verification.judge import Judge

_SECONDS_PER_CALL = 5.0


def survivors(problems: Sequence[Problem], judge: Judge) -> tuple[int, list[tuple[Problem, Mutant]]]:
    """How many mutants the references have, and those that pass all hidden tests."""
    tried = [(p, mutant, judge.submit(p, mutant.source)) for p in problems for mutant in mutants(p.reference)]
    return len(tried), [(problem, mutant) for problem, mutant, future in tried if future.result().passed]


def difference(draft: Draft, mutant: Mutant, *, inputs: int) -> Args | None:
    """The first of so many generated inputs on which a mutant is not its reference; None where there is none.

    Both run in this process: they are this project's own.
    """
    rng = random.Random(draft.entry_point)
    reference, changed = (load_function(source, draft.entry_point) for source in (draft.reference, mutant.source))
    for args in _inputs(draft, rng, inputs):
        told, found = _outcome(reference, args), _outcome(changed, args)
        if told[0] != found[0] or not (told[1] == found[1] or matches(found[1], told[1], draft.compare)):
            return args
    return None


def _inputs(draft: Draft, rng: random.Random, count: int) -> Iterator[Args]:
    yield from (*draft.edges, *draft.examples)[:count]
    for _ in range(count - len(draft.edges) - len(draft.examples)):
        yield draft.generate(rng)


def _outcome(function: Callable[..., Any], args: Args) -> tuple[str, Any]:
    try:
        with deadline(_SECONDS_PER_CALL):
            return "returned", function(*copy.deepcopy(args))
    except Exception as error:  # noqa: BLE001 (what a mutant raises is what it does)
        return "raised", type(error).__name__


def main(argv: list[str] | None = None) -> int:
    """Judge all mutants, check the list of equivalent ones, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    inputs = parser.parse_args(argv).inputs
    drafts = {draft.entry_point: draft for module in draft_modules() for draft in load_drafts(module)}
    problems = load_problems("basics")
    with Judge(workers=os.cpu_count() or 1) as judge:
        tried, alive = survivors(problems, judge)
    equal, unequal = 0, 0
    for problem, mutant in alive:
        if mutant.what not in EQUIVALENT.get(problem.entry_point, {}):
            sys.stdout.write(f"alive: {problem.id} {mutant.what}\n")
            continue
        args = difference(drafts[problem.entry_point], mutant, inputs=inputs)
        equal, unequal = equal + (args is None), unequal + (args is not None)
        if args is not None:
            sys.stdout.write(f"called equivalent and is not: {problem.id} {mutant.what}, for {args}\n")
    killed = tried - len(alive)
    result = {
        "problems": len(problems),
        "mutants": tried,
        "killed": killed,
        "equivalent": equal,
        "alive": len(alive) - equal,
        "killed_fraction": round(killed / (tried - equal), 4),
        "inputs": inputs,
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return 1 if unequal else 0


if __name__ == "__main__":
    raise SystemExit(main())
