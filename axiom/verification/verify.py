"""``python -m axiom verify``: judge a file of samples against a file of problems.

The samples are read as a stream; verdicts are written as they come, in the samples' order, so an interrupted file is
a prefix and the same command goes on after it. A row holds a hash of its program, its problem and the modules that
it may import: where one of them is another since, or the judge itself failed, the file is written anew from there, and
only what differs is judged again.
"""

import argparse
import hashlib
import json
import os
import signal
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from axiom.errors import ProblemError
from axiom.pass_at_k import mean_pass_at_k
from axiom.problems.jsonl import json_lines
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems, problem_set_hash
from axiom.programs import extract_program
from axiom.verification.judge import ISOLATIONS, Judge
from axiom.verification.verdict import Outcome, Verdict

_QUEUED_PER_WORKER = 8
_NOTICE_S = 0.1
_BEGINNING = b'{"task_id": '
_BUDGETS = (1, 5, 8, 10, 16, 32, 64, 100)


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One line of a samples file.

    Attributes:
        problem: that it answers.
        sample_index: how many samples of this problem stand before it.
        source: the program, or None where the completion holds none.
        judged_hash: of the program, its problem and what may be imported.
    """

    problem: Problem
    sample_index: int
    source: str | None
    judged_hash: str


def main(arguments: list[str]) -> int:
    """Judge, write and report; returns the exit code.

    Raises:
        AxiomError: for a file that is missing or malformed, or isolation that is not to be had.
    """
    chosen = _parser().parse_args(arguments)
    problems = {problem.id: problem for problem in load_problems(chosen.problems)}
    samples = Path(chosen.samples)
    if not samples.is_file():
        raise ProblemError(f"samples file {samples} not found; expected JSON lines with task_id and solution")
    name = samples.name.removesuffix(".gz").removesuffix(".jsonl")
    out = Path(chosen.out) if chosen.out else samples.with_name(f"{name}.verdicts.jsonl")
    preload = chosen.preload.split()
    if out.exists() and out.samefile(samples):
        raise ProblemError(f"{out} holds the samples; choose another file with --out")
    total = sum(1 for _ in read_samples(samples, problems))
    if not total:
        raise ProblemError(f"{samples}: holds no sample; expected JSON lines with task_id and solution")
    with Judge(workers=chosen.workers, isolation=chosen.isolation, preload=preload) as judge:
        stored = _stored(out, isolation=judge.isolation)
        done = _first_stale(stored, read_samples(samples, problems, preload=preload), out)
        if done < len(stored):
            _keep_lines(out, done)
        with out.open("a", encoding="utf-8") as file:
            _judge_all(
                judge,
                islice(read_samples(samples, problems, preload=preload), done, None),
                known={row["judged_hash"]: row for row in stored[done:] if _is_known(row)},
                done=done,
                total=total,
                file=file,
                quiet=chosen.quiet,
            )
        _report(_stored(out, isolation=judge.isolation), out, problems=len(problems))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m axiom verify", description=__doc__)
    parser.add_argument("problems", help="a JSONL file of problems, or a source such as basics/test")
    parser.add_argument("samples", help="JSON lines with task_id and solution (a program) or completion (an answer)")
    parser.add_argument("--out", help="verdicts file; by default SAMPLES.verdicts.jsonl beside the samples")
    parser.add_argument("--isolation", choices=ISOLATIONS, default="auto")
    parser.add_argument("--workers", type=_positive, default=os.cpu_count() or 1, help="programs judged at a time")
    parser.add_argument("--preload", default="", help="third-party modules that programs may import, such as 'numpy'")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return int(text)


def read_samples(file: Path, problems: dict[str, Problem], *, preload: Sequence[str] = ()) -> Iterator[SampleLine]:
    """The samples of a file, plain or gzip, one at a time.

    Args:
        file: JSON lines.
        problems: by id.
        preload: third-party modules that programs may import.

    Raises:
        ProblemError: naming file and line, for a line that is malformed or answers an unknown problem.
    """
    seen: Counter[str] = Counter()
    hashes: dict[str, str] = {}
    for number, record in json_lines(file):
        try:
            problem, source = _sample(record, problems)
        except ProblemError as error:
            raise ProblemError(f"{file}:{number}: {error}") from error
        index = seen[problem.id]
        seen[problem.id] += 1
        if problem.id not in hashes:
            hashes[problem.id] = problem_set_hash([problem])
        text = json.dumps([hashes[problem.id], source, *sorted(preload)])
        yield SampleLine(problem, index, source, hashlib.sha256(text.encode()).hexdigest()[:16])


def _sample(record: object, problems: dict[str, Problem]) -> tuple[Problem, str | None]:
    if not isinstance(record, dict) or not isinstance(record.get("task_id"), str):
        raise ProblemError("expected an object with the text 'task_id'")
    problem = problems.get(record["task_id"])
    if problem is None:
        raise ProblemError(f"task_id '{record['task_id']}' is none of the {len(problems)} problems")
    solution, completion = record.get("solution"), record.get("completion")
    if isinstance(solution, str):
        return problem, solution
    if not isinstance(completion, str):
        if "solution" in record and solution is None:  # written by axiom for an answer without a program
            return problem, None
        raise ProblemError("expected the text 'solution' (a program) or 'completion' (a model's answer)")
    program = extract_program(completion, entry_point=problem.entry_point, starter=problem.starter)
    return problem, None if program is None else program.source


def _first_stale(stored: list[dict[str, Any]], samples: Iterator[SampleLine], out: Path) -> int:
    """How many verdicts stand before the first whose program or problem is another since.

    Raises:
        ProblemError: if the verdicts in the file are not those of the first samples.
    """
    current = []
    for number, row in enumerate(stored, start=1):
        sample = next(samples, None)
        if sample is None or (sample.problem.id, sample.sample_index) != (row["task_id"], row["sample_index"]):
            raise ProblemError(
                f"{out}:{number}: the verdict of '{row['task_id']}' sample {row['sample_index']} does not belong to "
                "these samples; choose another file with --out"
            )
        current.append(sample.judged_hash == row["judged_hash"] and not _is_fault(row))
    return current.index(False) if False in current else len(current)


def _may_be_torn(line: bytes) -> bool:
    """Whether a file's last line may be the beginning of a verdict, or a whole one without its end."""
    try:
        return "outcome" in json.loads(line)
    except (ValueError, TypeError):
        return line.startswith(_BEGINNING) or _BEGINNING.startswith(line)


def _is_fault(row: dict[str, Any]) -> bool:
    """Whether it tells of the judge and not of the program."""
    return bool(row["outcome"] == Outcome.internal_error.value)


def _is_known(row: dict[str, Any]) -> bool:
    """Whether it holds a whole verdict."""
    return row.keys() >= set(Verdict.__slots__) and not _is_fault(row)


def _keep_lines(file: Path, count: int) -> None:
    """Cut a file off after so many lines."""
    with file.open("rb") as lines:
        kept = sum(map(len, islice(lines, count)))
    os.truncate(file, kept)


def _judge_all(
    judge: Judge,
    samples: Iterator[SampleLine],
    *,
    known: dict[str, dict[str, Any]],
    done: int,
    total: int,
    file: IO[str],
    quiet: bool,
) -> None:
    """Judge what is not done yet nor known, a bounded number ahead, and write verdicts in order."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[passed]} passed"),
        TimeRemainingColumn(),
        console=console,
    )
    shown = not quiet and console.is_terminal
    waiting: deque[tuple[SampleLine, Future[Verdict]]] = deque()
    passed = 0
    with bar if shown else nullcontext(), _interrupt_noted() as interrupted:
        task = bar.add_task("judging", total=total, completed=done, passed=0)

        def write_first() -> None:
            nonlocal passed
            sample, future = waiting.popleft()
            verdict = _awaited(future, interrupted)
            passed += verdict.passed
            row = {"task_id": sample.problem.id, "sample_index": sample.sample_index, **verdict.to_json()}
            row |= {"isolation": judge.isolation, "judged_hash": sample.judged_hash}
            file.write(json.dumps(row) + "\n")
            file.flush()
            bar.update(task, advance=1, passed=passed)

        for sample in samples:
            row = known.get(sample.judged_hash)
            waiting.append((sample, _told(row) if row else judge.submit(sample.problem, sample.source)))
            while len(waiting) > judge.workers * _QUEUED_PER_WORKER or (waiting and waiting[0][1].done()):
                write_first()
        while waiting:
            write_first()


def _told(row: dict[str, Any]) -> "Future[Verdict]":
    """The verdict of a row."""
    future: Future[Verdict] = Future()
    future.set_result(Verdict.from_json({name: row[name] for name in Verdict.__slots__}))
    return future


@contextmanager
def _interrupt_noted() -> Iterator[threading.Event]:
    """Note Ctrl-C instead of raising in the midst of whatever runs, such as a lock's release."""
    noted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return
    former = signal.signal(signal.SIGINT, lambda number, frame: noted.set())
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, former)


def _awaited(future: "Future[Verdict]", interrupted: threading.Event) -> Verdict:
    """The verdict when it is there.

    Raises:
        KeyboardInterrupt: if the user interrupts before.
    """
    while not interrupted.is_set():
        with suppress(FutureTimeoutError):
            return future.result(timeout=_NOTICE_S)
    raise KeyboardInterrupt


def _stored(out: Path, *, isolation: str) -> list[dict[str, Any]]:
    """The whole rows of a verdicts file; a last line torn by a crash is cut off the file.

    Raises:
        ProblemError: if the file's verdicts come from another level of isolation, or it is another kind of file.
    """
    if not out.is_file():
        return []
    rows: list[dict[str, Any]] = []
    raw = out.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
        try:
            row = json.loads(line)
            Outcome(row["outcome"])
            level, _, _, _ = (row[name] for name in ("isolation", "task_id", "sample_index", "judged_hash"))
        except (ValueError, KeyError, TypeError) as error:
            raise ProblemError(f"{out}:{number}: not a verdict; choose another file with --out") from error
        if level != isolation:
            raise ProblemError(f"{out} holds verdicts of isolation '{level}'; choose another with --out")
        rows.append(row)
    if torn := raw[len(whole) :]:
        if not _may_be_torn(torn):
            raise ProblemError(f"{out}: its last line is no verdict; choose another file with --out")
        os.truncate(out, len(whole))
    return rows


def _report(rows: list[dict[str, Any]], out: Path, *, problems: int) -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if not _is_fault(row):
            counts[row["task_id"]][0] += 1
            counts[row["task_id"]][1] += row["outcome"] == Outcome.passed.value
    answered = len({row["task_id"] for row in rows})
    table = Table(title=f"{len(rows)} samples of {answered} problems")
    table.add_column("")
    table.add_column("", justify="right")
    fewest = min((n for n, _ in counts.values()), default=0)
    for k in [k for k in _BUDGETS if k <= fewest]:
        table.add_row(f"pass@{k}", f"{mean_pass_at_k([(n, c) for n, c in counts.values()], k):.1%}")
    table.add_section()
    for outcome, count in Counter(row["outcome"] for row in rows).most_common():
        table.add_row(outcome, str(count))
    console = Console()
    console.print(table)
    if answered < problems:
        console.print(f"{problems - answered} of {problems} problems have no sample, and are left out of pass@k")
    console.print(f"verdicts: {out}", soft_wrap=True, highlight=False)
