"""``make faults``: runs that are killed at random moments and gone on with, against a run that nobody disturbed.

A tiny float32 model is taken through two rounds on one and on two ranks. At a random moment of sampling, judging,
writing, training or saving, ``kill -9`` ends one rank, one of the judge's workers, or all processes; the same command
then goes on. Checked after every kill: the ranks that were left end by themselves within a minute (before they have
found one another their launcher ends them, as torchrun and Lightning do), and every whole row that was in the store is
there at the end, unchanged. Checked at the end of every run: the loaded store holds each key
once and equals the undisturbed run's in keys, completions, tokens and verdicts, and every round's adapter has the same
hash. The last line is one JSON object.

The ranks are forked from a process that has imported torch, as ``torchrun`` would begin them, because a start from
nothing takes longer than all that follows.

Run: ``python -m tests.benchmarks.faults --kills 200``; an hour on two cores.
"""

import argparse
import contextlib
import faulthandler
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from axiom import cli  # noqa: F401 - what every rank needs, imported once before they are forked
from axiom.__main__ import main as axiom
from axiom.problems.problem import problem_to_json
from axiom.rounds.store import RoundStore
from tests.runs import ANSWERS, ONE, settings
from tests.tiny import save_taught_model

_PURPOSES = ("train", "validation", "test")
_END_S = 60.0
_TARGETS = ("rank", "worker", "group")
_KILLS_PER_RUN = 6
_FOUND = "All distributed processes registered"


@dataclass
class Told:
    """What the campaign has found."""

    kills: Counter[str] = field(default_factory=Counter)
    during: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    lost: int = 0
    stored_twice: int = 0
    judged_twice: int = 0
    hangs: int = 0
    differences: list[str] = field(default_factory=list)
    longest_end_s: float = 0.0


class Attempt:
    """One start of the command on so many ranks, in processes of its own."""

    def __init__(self, arguments: list[str], ranks: int, log: Path) -> None:
        self._log = log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.processes = [self._forked(arguments, rank, ranks, port) for rank in range(ranks)]
        self.codes: dict[int, int] = {}

    def _forked(self, arguments: list[str], rank: int, ranks: int, port: int) -> psutil.Process:
        pid = os.fork()
        if pid:
            return psutil.Process(pid)
        code = 70
        try:
            os.setpgid(0, 0)
            opened = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(opened, 1)
            os.dup2(opened, 2)
            if ranks > 1:
                os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "NODE_RANK": "0"}
                os.environ |= {"LOCAL_RANK": str(rank), "WORLD_SIZE": str(ranks)}
            faulthandler.register(signal.SIGUSR1, all_threads=True)
            code = axiom(arguments)
        except BaseException:  # noqa: BLE001 - the process ends below without the interpreter's own report
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def running(self) -> list[psutil.Process]:
        """The ranks that have not ended; those that have are reaped."""
        for process in self.processes:
            if process.pid not in self.codes:
                pid, status = os.waitpid(process.pid, os.WNOHANG)
                if pid:
                    self.codes[pid] = os.waitstatus_to_exitcode(status)
        return [process for process in self.processes if process.pid not in self.codes]

    def ended_within(self, seconds: float) -> bool:
        """Whether all ranks end by themselves so soon."""
        deadline = time.monotonic() + seconds
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self.running()

    def kill(self, target: str, chance: random.Random) -> str | None:
        """``kill -9`` a rank, one of its judge's workers, or everything; what was killed, None where all has ended."""
        ranks = self.running()
        workers = [child for rank in ranks for child in rank.children(recursive=True)]
        if not ranks:
            return None
        if target == "worker" and workers:
            _kill(chance.choice(workers))
            return "worker"
        if target == "group":
            for process in [*ranks, *workers]:
                _kill(process)
            return "group"
        _kill(chance.choice(ranks))
        return "rank"


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)


Rows = dict[tuple[str, str, int], tuple[object, ...]]


def whole_rows(run: Path) -> list[tuple[tuple[str, str, int], tuple[object, ...]]]:
    """Every whole line of a run's store as it lies there: (round and purpose, problem, index), what must not change."""
    found = []
    for file in sorted(run.glob("rounds/*/*-rank*.jsonl")):
        place = f"{file.parent.name}/{file.name.partition('-')[0]}"
        for line in file.read_bytes().split(b"\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue  # torn, or the end of the file
            kept = ("completion", "token_ids", "seed", "outcome", "passed", "passed_tests")
            found.append(((place, row["task_id"], row["sample_index"]), tuple(str(row[name]) for name in kept)))
    return found


def loaded(run: Path) -> tuple[Rows, int, list[str]]:
    """The store as axiom reads it, keys that it gives twice, and the rounds' adapters."""
    store, rows, twice = RoundStore(run), {}, 0
    newest = store.newest()
    assert newest is not None
    for index in range(newest + 1):
        for purpose in _PURPOSES:
            for row in store.folder(index).read(purpose):  # type: ignore[arg-type]
                key = (f"{index:03d}/{purpose}", *row.key)
                twice += key in rows
                kept = (row.completion, list(row.token_ids), row.seed, row.outcome, row.passed, row.passed_tests)
                rows[key] = tuple(map(str, kept))
    return rows, twice, [store.folder(index).read_manifest().adapter_hash for index in range(newest + 1)]


class Campaign:
    """Kills and goes on, and compares with what nobody disturbed.

    Args:
        folder: for everything.
        seed: of the moments and the targets.
    """

    def __init__(self, folder: Path, *, seed: int) -> None:
        self.folder, self.chance, self.told = folder, random.Random(seed), Told()
        problems = folder / "problems.jsonl"
        named = [problem_to_json(ONE) | {"id": f"t/{number}"} for number in range(6)]
        problems.write_text("".join(json.dumps(one) + "\n" for one in named))
        self._model, self._problems = save_taught_model(folder / "model", ONE, ANSWERS), problems
        self._whole: dict[int, tuple[Rows, list[str], float]] = {}

    def disturb(self, ranks: int, kills: int) -> None:
        """One run that is killed so often, and its comparison."""
        reference, hashes, lasted_s = self._undisturbed(ranks)
        run, left, attempts = self.folder / f"run{self.told.runs}", kills, 0
        reported: Rows = {}
        while True:
            attempts += 1
            log = self.folder / f"{run.name}-{attempts}.log"
            attempt = Attempt(self._arguments(run, ranks), ranks, log)
            longest_s = lasted_s / self.chance.choice((1, 2, 4))
            while left and not attempt.ended_within(self.chance.uniform(0.0, longest_s)):
                killed = attempt.kill(self.chance.choice(_TARGETS), self.chance)
                if killed is None:
                    break
                left -= 1
                self.told.kills[killed] += 1
                self.told.during[_activity(log)] += 1
                if killed != "worker":
                    if ranks > 1 and _FOUND not in log.read_text(errors="replace"):
                        attempt.kill("group", self.chance)
                    self._await_end(attempt)
                    break
            if not left:
                self._await_end(attempt, finishes_within_s=_END_S + 20 * lasted_s)
            reported = dict(whole_rows(run)) | reported
            codes = set(attempt.codes.values())
            if codes == {0}:
                break
            if codes - {0, 2, -signal.SIGKILL}:
                self.told.differences.append(f"{run.name}: exit codes {sorted(codes)}, see {log}")
            if attempts > 2 * _KILLS_PER_RUN:
                self.told.differences.append(f"{run.name}: does not come to its end, see {log}")
                break
        self._compare(run, reported, reference, hashes)

    def _await_end(self, attempt: Attempt, *, finishes_within_s: float | None = None) -> None:
        """Wait until the ranks that are left have given up, or until all of the run is done; else it hangs."""
        began = time.monotonic()
        if attempt.ended_within(finishes_within_s or _END_S):
            if finishes_within_s is None:
                self.told.longest_end_s = max(self.told.longest_end_s, time.monotonic() - began)
            return
        self.told.hangs += 1
        for process in attempt.running():
            process.send_signal(signal.SIGUSR1)  # its log then says where it hangs
        attempt.ended_within(1.0)
        attempt.kill("group", self.chance)
        attempt.ended_within(_END_S)

    def _compare(self, run: Path, reported: Rows, reference: Rows, hashes: list[str]) -> None:
        rows, twice, own = loaded(run)
        self.told.runs += 1
        self.told.lost += sum(rows.get(key) != row for key, row in reported.items())
        self.told.stored_twice += sum(count > 1 for count in Counter(key for key, _ in whole_rows(run)).values())
        self.told.judged_twice += twice
        if different := [key for key in reference.keys() | rows.keys() if reference.get(key) != rows.get(key)]:
            self.told.differences.append(f"{run.name}: {len(different)} rows differ, first {min(different)}")
        if own != hashes:
            self.told.differences.append(f"{run.name}: adapters {own} and {hashes}")

    def _undisturbed(self, ranks: int) -> tuple[Rows, list[str], float]:
        if ranks not in self._whole:
            run, began = self.folder / f"undisturbed{ranks}", time.monotonic()
            attempt = Attempt(self._arguments(run, ranks), ranks, run.with_suffix(".log"))
            if not attempt.ended_within(600) or set(attempt.codes.values()) != {0}:
                sys.exit(f"the undisturbed run failed: {run.with_suffix('.log').read_text()[-2000:]}")
            rows, _, hashes = loaded(run)
            self._whole[ranks] = rows, hashes, time.monotonic() - began
        return self._whole[ranks]

    def _arguments(self, run: Path, ranks: int) -> list[str]:
        more = ["--trainer.devices", str(ranks), "--trainer.strategy", "ddp" if ranks > 1 else "auto"]
        more += ["--expert_iteration.rounds", "2", "--expert_iteration.epochs_per_round", "4"]
        return ["fit", *settings(run, self._model, self._problems, *more, samples=16)]


def _activity(log: Path) -> str:
    """What the run was at, by the last line that it printed."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.startswith("round ")]
    return " ".join(lines[-1].split(":")[1].split()[:2]) if lines else "start"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder that is left behind; without it a temporary one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        campaign, told = Campaign(folder, seed=chosen.seed), None
        while (told := campaign.told).kills.total() < chosen.kills:
            kills = min(_KILLS_PER_RUN, chosen.kills - told.kills.total())
            campaign.disturb(1 + told.runs % 2, kills)
            print(f"{told.kills.total()} kills, {told.runs} runs, {told}", file=sys.stderr, flush=True)
    print(
        json.dumps(
            {
                "kills": told.kills.total(),
                "lost": told.lost,
                "judged_twice": told.judged_twice,
                "hangs": told.hangs,
                "stored_twice": told.stored_twice,
                "differences": told.differences,
                "runs": told.runs,
                "by_target": dict(told.kills),
                "during": dict(told.during),
                "longest_end_s": round(told.longest_end_s, 1),
            }
        )
    )
    if told.lost or told.judged_twice or told.hangs or told.differences:
        sys.exit(1)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
