"""``python -m axiom solve``: a program for a question, chosen among many samples without any hidden test.

The candidates and the reason of the choice go to stderr, the program alone to stdout. With ``--to`` every problem of a
file is solved, and the programs go to a file.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from rich.console import Console
from rich.live import Live
from rich.table import Table

from axiom.errors import ConfigError, ProblemError
from axiom.generation.completions_api import KINDS
from axiom.generation.sampler import SamplingParams
from axiom.policy.models import EMBEDDED
from axiom.policy.policy import Policy
from axiom.policy.value_function import load_value_function
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems
from axiom.report.contents import adapter_of, chosen_round
from axiom.report.numbers import RunNumbers, read_run
from axiom.search.drawing import Budget, Solution
from axiom.search.engines import ENGINES, Server, engine_of
from axiom.search.question import problem_asked
from axiom.search.searcher import SEARCHES, Searcher, search_judge
from axiom.search.solutions import Solutions
from axiom.verification.judge import Judge

_SHOWN = 8
_STYLES = ("direct", "chain_of_thought", "complete")


def main(arguments: list[str]) -> int:
    """Solve a question, or a file; returns the exit code, 1 where no sample of a question passes its examples.

    Raises:
        AxiomError: for a question, model or folder that cannot be read.
    """
    asked = _parser().parse_args(arguments)
    _check_owners(asked)
    problems = _problems(asked)
    if asked.search == "value_beam" and asked.value is None:
        raise ConfigError(
            "--search value_beam needs --value FOLDER; fit --config configs/value.yaml makes one of a run"
        )
    solutions = None if asked.to is None else Solutions(Path(asked.to))
    run = None if asked.run is None else read_run(Path(asked.run))
    console = Console(stderr=True)
    with ExitStack() as stack:
        judge = stack.enter_context(search_judge(asked.isolation))  # before an engine, which may take minutes to start
        searcher = stack.enter_context(_searcher(run, asked, judge, stack))
        if solutions is not None:
            return _solve_all(searcher, problems, solutions, console)
        return _solve_one(searcher, problems[0], console)


def why(solution: Solution) -> str:
    """Why the chosen one was, in a sentence for people."""
    best, all_of_them = solution.best, solution.candidates
    parts = []
    if best.examples is not None:
        parts.append(f"it passes {best.examples:.0%} of the public examples")
    if best.value is not None:
        parts.append(f"its value is {best.value:.2f}")
    if best.behaviour is not None:
        alike = sum(one.behaviour == best.behaviour for one in all_of_them)
        parts.append(f"{alike} of {len(all_of_them)} candidates behave alike on generated inputs")
    if best.log_prob is not None:
        parts.append(f"its mean log-probability of a token is {best.log_prob:.2f}")
    return f"candidate {solution.place} of {len(all_of_them)}, {solution.tokens} tokens drawn: {'; '.join(parts)}"


def _check_owners(asked: argparse.Namespace) -> None:
    """Refuse an option that would change nothing without the one that it belongs to.

    Raises:
        ConfigError: naming both.
    """
    of_a_server = ("base_url", "served_model", "server", "api_key_env")
    owners = (
        ("--engine openai", asked.engine == "openai", of_a_server),
        ("--run", asked.run is not None, ("round",)),
        ("--file", asked.file is not None, ("problem", "to")),
    )
    for owner, is_there, names in owners:
        given = [f"--{name.replace('_', '-')}" for name in names if getattr(asked, name) is not None]
        if given and not is_there:
            raise ConfigError(f"solve: {given[0]} belongs to {owner}; give both or neither")


def _problems(asked: argparse.Namespace) -> list[Problem]:
    """What is to be solved: one problem, or with ``--to`` all of a file."""
    if (asked.question is None) == (asked.file is None):
        raise ConfigError("solve: expected a question, or --file with a problem; and not both")
    if asked.question is not None:
        return [problem_asked(asked.question, asked.tests or [], starter=asked.starter or "")]
    if asked.tests or asked.starter:
        raise ConfigError("solve: --tests and --starter belong to a question; a file has its own")
    problems = {problem.id: problem for problem in load_problems(asked.file)}
    if asked.to is not None and asked.problem is None:
        return list(problems.values())
    name = asked.problem or next(iter(problems), None)
    if name is None or name not in problems:
        raise ProblemError(f"--problem {name}: {asked.file} has {', '.join(list(problems)[:_SHOWN]) or 'no problem'}")
    return [problems[name]]


def _searcher(run: RunNumbers | None, asked: argparse.Namespace, judge: Judge, stack: ExitStack) -> Searcher:
    """Load what is asked for; the stack ends the engine."""
    style, params = _sampling(run, asked)
    sampler, policy = engine_of(
        asked.engine,
        server=_server(asked),
        base=_base(run, asked),
        policy=lambda: _policy(run, asked),
        needs_weights=any(one is not None for one in (run, asked.adapter, asked.value)),
    )
    value = None
    if asked.value is not None:
        assert isinstance(policy, Policy)
        value = load_value_function(Path(asked.value), policy)
    workspace = stack.enter_context(TemporaryDirectory(prefix="axiom-")) if run is None else run.path / "engine"
    sampler.use(policy, workspace=Path(workspace))
    stack.callback(sampler.close)
    return Searcher(
        asked.search,
        judge=judge,
        sampler=sampler,
        tokenizer=policy.tokenizer,
        params=params,
        style=style,
        budget=Budget(asked.samples, asked.budget),
        value=value,
        seed=asked.seed,
    )


def _solve_one(searcher: Searcher, problem: Problem, console: Console) -> int:
    """Show the candidates as they come to a terminal, the last of them to a log, and print the program."""
    with Live(console=console, auto_refresh=False) as live:
        solution = searcher.solve(problem, on_candidates=lambda found: live.update(_table(found), refresh=True))
    if not console.is_terminal:  # where the live display has not ended its last line
        console.print()
    if solution.best.source is None:
        console.print(f"none of {len(solution.candidates)} samples holds a program; draw more, or word it otherwise")
        return 1
    console.print(why(solution), highlight=False, soft_wrap=True)
    sys.stdout.write(solution.best.source.rstrip() + "\n")
    if solution.best.examples is not None and solution.best.examples < 1:
        console.print("no candidate passes all of the public examples: draw more, or search otherwise")
        return 1
    return 0


def _solve_all(searcher: Searcher, problems: Sequence[Problem], solutions: Solutions, console: Console) -> int:
    """Write a solution of each problem that has none yet, and tell of each."""
    for problem, solution in searcher.solve_all(solutions.missing(problems)):
        solutions.add(problem, solution)
        console.print(f"{problem.id}: {why(solution)}", highlight=False, soft_wrap=True)
    console.print(f"{len(problems)} problems: {solutions.file}", highlight=False, soft_wrap=True)
    return 0


def _sampling(run: RunNumbers | None, asked: argparse.Namespace) -> tuple[Any, SamplingParams]:
    """The prompts' style and how samples are drawn: as asked, else as the run did."""
    known = {} if run is None or run.manifest is None else dict(run.manifest.sampling)
    known |= {name: value for name in ("temperature", "max_new_tokens") if (value := getattr(asked, name)) is not None}
    names = ("temperature", "top_p", "top_k", "min_p", "max_new_tokens")
    params = SamplingParams(**{name: known[name] for name in names if name in known}, stop=tuple(known.get("stop", ())))
    return asked.prompt_style or known.get("prompt_style", "direct"), params


def _server(asked: argparse.Namespace) -> Server | None:
    if asked.base_url is None or asked.served_model is None:
        return None
    return Server(asked.base_url, asked.served_model, kind=asked.server or "vllm", api_key_env=asked.api_key_env)


def _base(run: RunNumbers | None, asked: argparse.Namespace) -> str:
    """The model's name: as asked, else the run's, else the embedded one's."""
    of_run = run.manifest.base if run is not None and run.manifest is not None else EMBEDDED
    return asked.model or of_run


def _policy(run: RunNumbers | None, asked: argparse.Namespace) -> Policy:
    """The run's round, or the model that is named."""
    kind: Any = asked.quantization or (run and run.policy_setting("quantization")) or "nf4"
    adapter = None if run is None else adapter_of(run, chosen_round(run, asked.round)).adapter
    return Policy(
        base=_base(run, asked),
        quantization=kind,
        dtype=(run and run.policy_setting("dtype")) or "auto",
        adapter=Path(asked.adapter) if asked.adapter else adapter,
        device=torch.device("cuda" if torch.cuda.is_available() else "cpu"),
    )


def _table(solution: Solution) -> Table:
    """The best candidates so far, the chosen one marked."""
    all_of_them = solution.candidates
    table = Table(title=f"{len(all_of_them)} candidates, {solution.tokens} tokens")
    for column in ("", "examples", "value", "alike", "log-probability", "program"):
        table.add_column(column, justify="left" if column in ("", "program") else "right")
    rest = [place for place in range(len(all_of_them)) if place != solution.place]
    rest.sort(key=lambda place: (-(all_of_them[place].examples or 0.0), -(all_of_them[place].value or 0.0), place))
    for place in (solution.place, *rest[: _SHOWN - 1]):
        one = all_of_them[place]
        alike = sum(one.behaviour == other.behaviour for other in all_of_them) if one.behaviour is not None else 0
        lines = (one.source or "no program").strip().splitlines()
        table.add_row(
            f"> {place}" if place == solution.place else str(place),
            "" if one.examples is None else f"{one.examples:.0%}",
            "" if one.value is None else f"{one.value:.2f}",
            str(alike or ""),
            "" if one.log_prob is None else f"{one.log_prob:.2f}",
            lines[-1].strip(),
        )
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m axiom solve", description=__doc__)
    parser.add_argument("question", nargs="?", help="what the program has to do")
    parser.add_argument("--tests", action="append", metavar="CALL", help="such as 'f(2) == 4'; may be given again")
    parser.add_argument("--starter", help="the function's first line, such as 'def f(n: int) -> int:'")
    parser.add_argument("--file", metavar="SOURCE", help="a problem file, or a source such as humaneval")
    parser.add_argument("--problem", metavar="ID", help="--file: which of its problems (default: the first)")
    parser.add_argument("--to", metavar="FILE", help="write a solution of each of the file's problems there")
    parser.add_argument("--run", metavar="RUN", help="a run of fit: its best round samples, as it sampled")
    parser.add_argument("--round", type=int, help="--run: another of its rounds")
    parser.add_argument("--model", help=f"hub id, folder or .gguf file (default: the run's, or {EMBEDDED})")
    parser.add_argument("--adapter", metavar="FOLDER", help="a PEFT adapter (default: the run's best round)")
    parser.add_argument("--quantization", choices=("nf4", "int8", "none"), help="of the base (default: the run's)")
    parser.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="what draws; openai asks a server")
    parser.add_argument("--base-url", metavar="URL", help="--engine openai: such as http://localhost:8000/v1")
    parser.add_argument("--served-model", metavar="NAME", help="--engine openai: the base's name there")
    parser.add_argument("--server", choices=tuple(KINDS), help="--engine openai: what kind it is (default: vllm)")
    parser.add_argument("--api-key-env", metavar="NAME", help="--engine openai: the variable that holds the key")
    parser.add_argument("--value", metavar="FOLDER", help="a value function, as fit --data.runs leaves it")
    parser.add_argument(
        "--search",
        choices=SEARCHES,
        default=SEARCHES[0],
        help="consensus puts agreement first; value_beam goes on with the best half-written ones; repair feeds back "
        "what failed",
    )
    parser.add_argument("--samples", type=_count, default=16)
    parser.add_argument("--budget", type=_count, metavar="TOKENS", help="of all completions together")
    parser.add_argument("--temperature", type=float)
    parser.add_argument("--max-new-tokens", type=_count)
    parser.add_argument("--prompt-style", choices=_STYLES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--isolation", default="auto", help="of the sandbox: auto, namespaces, docker or process")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {number}")
    return number
