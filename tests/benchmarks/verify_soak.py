"""What is left after many programs, and after ``kill -9`` of the judge: memory, descriptors, processes, cgroups.

Run: ``python -m tests.benchmarks.verify_soak``. The last line is one JSON object.
"""

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from axiom.problems.sources import BASICS_SPLITS, load_problems
from axiom.verification.judge import Judge
from axiom.verification.verdict import Verdict

_WAITING = 64


def left(pid: int) -> dict[str, int]:
    """What a process holds: resident KiB (its jails' too), descriptors, descendants; and the machine's cgroups."""
    family = [pid, *descendants(pid)]
    return {
        "rss_kib": sum(resident_kib(member) for member in family),
        "own_rss_kib": resident_kib(pid),
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "processes": len(family),
        "threads": len(os.listdir(f"/proc/{pid}/task")),
        "cgroups": sum(1 for _ in Path("/sys/fs/cgroup").glob("**/cgroup.procs")),
    }


def descendants(pid: int) -> list[int]:
    """Every process below this one."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        for child in Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split():
            found += [int(child), *descendants(int(child))]
    return found


def resident_kib(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def soak(count: int, workers: int) -> dict[str, object]:
    """Judge as many references of our own problems; the first tenth warms up."""
    problems = [problem for split in BASICS_SPLITS for problem in load_problems(f"basics/{split}")]
    waiting: deque[Future[Verdict]] = deque()
    passed = 0
    seen: dict[int, dict[str, int]] = {}
    with Judge(workers=workers, isolation="namespaces") as judge:
        started = time.perf_counter()
        for index, problem in enumerate(itertools.islice(itertools.cycle(problems), count), start=1):
            waiting.append(judge.submit(problem, problem.reference))
            while len(waiting) >= _WAITING or (waiting and index == count):
                passed += waiting.popleft().result().passed
            if index % (count // 10) == 0:
                seen[index] = left(os.getpid())
                print(index, seen[index], flush=True)
        took_s = time.perf_counter() - started
    return {
        "programs": count,
        "passed": passed,
        "programs_per_s": round(count / took_s, 1),
        "after_a_tenth": seen[count // 10],
        "at_the_end": seen[count],
        "after_closing": left(os.getpid()),
    }


def killed() -> dict[str, object]:
    """Kill a judge that is at work; which of its processes are alive a second later."""
    code = (
        "from axiom.problems.sources import load_problems\nfrom axiom.verification.judge import Judge\n"
        "with Judge(workers=2, isolation='namespaces') as judge:\n"
        "    problems = load_problems('basics/train')\n    print('ready', flush=True)\n"
        "    while True:\n        [f.result() for f in [judge.submit(p, p.reference) for p in problems]]\n"
    )
    judge = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert judge.stdout is not None
    judge.stdout.readline()
    time.sleep(0.5)
    family = descendants(judge.pid)
    judge.send_signal(signal.SIGKILL)
    judge.wait()
    time.sleep(1.0)
    return {"processes_before_kill": len(family), "alive_after_kill": [pid for pid in family if resident_kib(pid)]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    before = left(os.getpid())
    print(json.dumps({"before": before, **soak(chosen.programs, chosen.workers), **killed()}))


if __name__ == "__main__":
    main()
