"""``python -m axiom problems list | show | check | import``: what there is to learn from and to be measured on."""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from axiom.errors import ProblemError
from axiom.problems.check import Report, check
from axiom.problems.formats import FORMAT_NAMES, FORMATS, reader
from axiom.problems.hidden_tests import hidden_test_to_json
from axiom.problems.jsonl import json_lines, read_problems
from axiom.problems.leetcode.reader import left_out
from axiom.problems.problem import Problem, problem_to_json
from axiom.problems.sources import SOURCES, load_problems
from axiom.prompts import build_prompt
from axiom.verification.judge import ISOLATIONS, Judge

_SHOWN = 10


def main(arguments: list[str]) -> int:
    """Run one of the four; returns the exit code: 1 where ``check`` found something to put right.

    Raises:
        AxiomError: for a source, file, id or format that is unknown or malformed.
    """
    chosen = _parser().parse_args(arguments)
    commands = {"list": _list, "show": _show, "check": _check, "import": _import}
    return commands[chosen.command](chosen, Console())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m axiom problems", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="{list,show,check,import}")
    list_ = commands.add_parser("list", help="the known sources and formats")
    list_.add_argument("--left-out", action="store_true", help="the problems of leetcode left out, and why")
    show = commands.add_parser("show", help="one problem as the model sees it")
    show.add_argument("source")
    show.add_argument("id")
    show.add_argument("--style", choices=("direct", "chain_of_thought", "complete"), default="direct")
    show.add_argument("--hidden", action="store_true", help="the hidden tests and the reference too")
    check_ = commands.add_parser("check", help="duplicates, references, strength of the tests, leaks")
    check_.add_argument("source")
    check_.add_argument("--against", action="append", default=[], metavar="SOURCE", help="must share no problem")
    check_.add_argument("--mutants", type=_number, default=8, help="changed references tried for each problem")
    check_.add_argument("--isolation", choices=ISOLATIONS, default="auto")
    check_.add_argument("--skip-malformed", action="store_true", help="count malformed lines and go on")
    import_ = commands.add_parser("import", help="turn a published file into axiom's JSONL")
    import_.add_argument("format", choices=FORMAT_NAMES)
    import_.add_argument("input", help="JSON lines, plain or .gz, or one JSON array")
    import_.add_argument("output")
    import_.add_argument("--skip-malformed", action="store_true", help="count malformed records and go on")
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected 0 or more, got {number}")
    return number


def _list(chosen: argparse.Namespace, console: Console) -> int:
    if chosen.left_out:
        for name, reason in left_out().items():
            console.print(f"{name}: {reason}", markup=False, highlight=False, soft_wrap=True)
        return 0
    table = Table(Column("source", no_wrap=True), Column("problems", justify="right"), "difficulty", "licence", "about")
    for source in SOURCES:
        try:
            problems = source.load()
        except ProblemError as error:
            table.add_row(source.name, "none", "", source.licence, f"{source.about}; {error}")
            continue
        counts = Counter(problem.difficulty for problem in problems if problem.difficulty)
        levels = "\n".join(f"{counts[level]} {level}" for level in ("easy", "medium", "hard") if counts[level])
        table.add_row(source.name, str(len(problems)), levels, source.licence, source.about)
    table.add_row("FILE.jsonl", "", "", "", "your own; .gz too")
    table.add_row("hf:owner/name", "", "", "", "the hub's rows, in a format below")
    console.print(table)
    formats = Table(Column("format", no_wrap=True), "problems import FORMAT IN OUT")
    for known in FORMATS:
        formats.add_row(known.name, known.about)
    console.print(formats)
    return 0


def _show(chosen: argparse.Namespace, console: Console) -> int:
    problems = {problem.id: problem for problem in load_problems(chosen.source)}
    named = [problem for name, problem in problems.items() if chosen.id in (name, name.rpartition("/")[2])]
    if not named:
        some = ", ".join(list(problems)[:_SHOWN])
        raise ProblemError(f"'{chosen.id}' is none of the {len(problems)} problems of {chosen.source}: {some}, ...")
    problem = named[0]
    told = [problem.id, problem.kind, problem.difficulty, ", ".join(problem.tags), problem.source]
    console.print(" · ".join(escape(word) for word in told if word), highlight=False)
    console.print(f"{len(problem.examples)} public examples, {len(problem.tests)} hidden tests", highlight=False)
    prompt = build_prompt(problem, style=chosen.style)
    for message in prompt.messages:
        _section(console, message.role, message.content)
    if prompt.opening:
        _section(console, "assistant begins", prompt.opening)
    if chosen.hidden:
        _section(console, "hidden tests", "\n".join(json.dumps(hidden_test_to_json(test)) for test in problem.tests))
        _section(console, "reference", problem.reference or "none")
    return 0


def _section(console: Console, title: str, text: str) -> None:
    console.rule(title, align="left")
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _check(chosen: argparse.Namespace, console: Console) -> int:
    skipped: list[str] = []
    if chosen.skip_malformed and Path(chosen.source).is_file():
        problems = read_problems(Path(chosen.source), skipped=skipped)
    else:
        problems = load_problems(chosen.source)
    against = [problem for source in chosen.against for problem in load_problems(source)]
    with Judge(workers=os.cpu_count() or 1, isolation=chosen.isolation) as judge:
        report = check(problems, against=against, judge=judge, mutants_per_problem=chosen.mutants)
    _tell_skipped(console, skipped)
    _tell(console, report, problems)
    return 0 if report.is_sound else 1


def _tell(console: Console, report: Report, problems: list[Problem]) -> None:
    table = Table("check", "found", "", title=f"{len(problems)} problems")
    for name, found in (("duplicates", report.duplicates), ("leaks", report.leaks)):
        pairs = [f"{leak.one} and {leak.other}: {leak.reason}" for leak in found]
        table.add_row(name, str(len(found)), _some(pairs))
    failing = [f"{name}: {verdict.outcome.value} ({verdict.message})" for name, verdict in report.failing.items()]
    table.add_row("references that fail", str(len(failing)), _some(failing))
    bare = report.without_reference
    table.add_row("without a reference", str(len(bare)), _some(bare) if len(bare) < len(problems) else "all")
    if tried := sum(report.mutants.values()):
        killed = sum(report.killed.values())
        table.add_row("mutants killed", f"{killed} of {tried}", f"{killed / tried:.1%}")
        weak = [f"{name} ({report.killed[name]} of {report.mutants[name]})" for name in report.weak]
        table.add_row("weak tests", str(len(weak)), _some(weak))
    console.print(table)


def _some(lines: list[str]) -> str:
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return escape("\n".join([*lines[:_SHOWN], *more]))


def _import(chosen: argparse.Namespace, console: Console) -> int:
    source, target = Path(chosen.input), Path(chosen.output)
    if not source.is_file():
        raise ProblemError(f"file {source} not found; expected a file of {chosen.format}")
    if target.exists():
        raise ProblemError(f"{target} stands there already; name another file")
    problems: dict[str, Problem] = {}
    skipped: list[str] = []
    with reader(chosen.format) as read:
        for place, record in _records(source, skipped=skipped if chosen.skip_malformed else None):
            try:
                problem = read(record)
                if problem.id in problems:
                    raise ProblemError(f"id '{problem.id}' stands there twice")
                problems[problem.id] = problem
            except ProblemError as error:
                if not chosen.skip_malformed:
                    raise ProblemError(f"{place}: {error}") from error
                skipped.append(f"{place}: {error}")
    if not problems:
        raise ProblemError(f"{source}: holds no problem of {chosen.format}; nothing was written")
    target.write_text(
        "".join(json.dumps(problem_to_json(problem)) + "\n" for problem in problems.values()), encoding="utf-8"
    )
    _tell_skipped(console, skipped)
    console.print(f"{len(problems)} problems: {target}", soft_wrap=True, highlight=False)
    return 0


def _records(path: Path, *, skipped: list[str] | None) -> Iterator[tuple[str, Any]]:
    """The records of a file of JSON lines or of one JSON array, with their places."""
    if path.suffix == ".json":
        try:
            records = json.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, OSError, RecursionError) as error:
            raise ProblemError(f"{path}: not JSON: {error}") from error
        for index, record in enumerate(records if isinstance(records, list) else [records]):
            yield f"{path}[{index}]", record
        return
    for number, record in json_lines(path, skipped=skipped):
        yield f"{path}:{number}", record


def _tell_skipped(console: Console, skipped: list[str]) -> None:
    if skipped:
        console.print(f"skipped {len(skipped)} malformed:\n{_some(skipped)}", soft_wrap=True, highlight=False)
