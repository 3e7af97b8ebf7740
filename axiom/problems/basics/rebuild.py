"""Check every draft of ``basics`` and rewrite the three JSONL files that the package ships.

Run: ``python -m axiom.problems.basics.rebuild``, or with ``--check MODULE …`` (``numbers_1``) to check
single modules of drafts without writing anything. The split of a family stands in ``splits.py``.
"""

import argparse
import copy
import importlib
import json
import pkgutil
import sys
from pathlib import Path

from axiom.problems.basics import drafts
from axiom.problems.basics.authoring import Draft, build, deadline, load_function
from axiom.problems.basics.splits import SPLITS, split_of
from axiom.problems.hidden_tests import CallTest, hidden_test_to_json
from axiom.problems.problem import Problem, problem_to_json
from axiom.verification.comparison import matches

_SECONDS_PER_SOLUTION = 2


def draft_modules() -> list[str]:
    """Names of the modules of drafts."""
    return sorted(module.name for module in pkgutil.iter_modules(drafts.__path__))


def load_drafts(module: str) -> list[Draft]:
    """The drafts of one module, in its order."""
    loaded = importlib.import_module(f"{drafts.__name__}.{module}")
    return list(loaded.DRAFTS)


def drafts_of(split: str) -> list[Draft]:
    """The drafts of one split, module by module."""
    return [draft for module in draft_modules() for draft in load_drafts(module) if split_of(draft.family) == split]


def defects(draft: Draft, problem: Problem) -> list[str]:
    """What is wrong with a draft: a wrong solution that passes, or tests that all expect the same."""
    found = []
    if len({str(hidden_test_to_json(test) | {"args": None}) for test in problem.tests}) < 2:
        found.append("all hidden tests expect the same value")
    if len(draft.wrong) < 2:
        found.append("fewer than two wrong solutions")
    if passes(problem, draft.reference) is False:
        found.append("the reference fails its own tests (it is not deterministic)")
    for index, source in enumerate(draft.wrong):
        if passes(problem, source):
            found.append(f"wrong[{index}] passes every hidden test")
    return found


def passes(problem: Problem, source: str) -> bool:
    """Whether trusted source, written in this folder, passes the hidden tests, run in this process."""
    with deadline(_SECONDS_PER_SOLUTION):
        function = load_function(source, problem.entry_point)
        for test in problem.tests:
            assert isinstance(test, CallTest)
            try:
                actual = function(*copy.deepcopy(test.args))
            except TimeoutError:
                return False
            except Exception as error:  # noqa: BLE001 (a wrong solution may raise anything)
                if type(error).__name__ != test.raises:
                    return False
            else:
                if test.raises is not None or not matches(actual, test.expected, test.compare):
                    return False
        return True


def main(argv: list[str] | None = None) -> int:
    """Check the drafts named, or all of them, and rewrite the files when all were checked and sound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", nargs="+", metavar="MODULE")
    chosen = parser.parse_args(argv).check
    failed = False
    lines: dict[str, list[str]] = {split: [] for split in SPLITS}
    for module in chosen or draft_modules():
        for draft in load_drafts(module):
            try:
                problem = build(draft)
                found = defects(draft, problem)
            except Exception as error:  # noqa: BLE001 (any defect of a draft is reported, with its name)
                problem, found = None, [f"{type(error).__name__}: {error}"]
            for text in found:
                failed = True
                sys.stderr.write(f"{module}: {draft.entry_point}: {text}\n")
            if problem is not None:
                lines[split_of(draft.family)].append(json.dumps(problem_to_json(problem), ensure_ascii=False))
    for split, rows in lines.items():
        sys.stderr.write(f"{split}: {len(rows)} problems\n")
        if not chosen and not failed:
            Path(__file__).with_name(f"{split}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
