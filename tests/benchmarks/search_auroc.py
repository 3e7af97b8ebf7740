"""How well a value tells passing from failing samples of problems that it never saw; for ``search.py``."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from axiom.learning.value_examples import state_at
from axiom.learning.value_figures import Scored, auroc_by_problem
from axiom.pass_at_k import bootstrap_mean
from axiom.policy.value_function import ValueFunction
from axiom.policy.value_learning import values_along
from axiom.problems.problem import Problem
from axiom.prompts import PromptStyle
from axiom.rounds.store import JudgedSample
from datamodules.judged import value_examples

_SHARES = {"value, half written": 0.5, "value, whole": 1.0}
# The JSON object's names for them.
KEYS = {"value, half written": "auroc_half", "value, whole": "auroc_full", "log-probability, whole": "auroc_log_prob"}
Apart = dict[str, dict[str, float]]  # AUROC of what is read, by problem


def told_apart(
    value: ValueFunction, rows: Sequence[JudgedSample], problems: Mapping[str, Problem], *, style: PromptStyle
) -> Apart:
    """AUROC within each problem that has both kinds, of samples as they were drawn: equal ones count as often.

    Args:
        value: the value function.
        rows: judged samples, none by the judge's own fault.
        problems: theirs, by id.
        style: of their prompts.
    """
    examples = value_examples(rows, problems, tokenizer=value.policy.tokenizer, style=style)
    along = values_along(value, examples)
    found = {
        name: auroc_by_problem(
            Scored(one.problem, own[state_at(len(own), share)], one.passed)
            for one, own in zip(examples, along, strict=True)
        )
        for name, share in _SHARES.items()
    }
    drawn = [(one, one.log_prob) for one in examples]
    found["log-probability, whole"] = auroc_by_problem(
        Scored(one.problem, told, one.passed) for one, told in drawn if told is not None
    )
    return found


def mean_apart(of_runs: Sequence[Apart]) -> Apart:
    """Each problem's mean over the runs in which it has both kinds."""
    found: Apart = {}
    for name in of_runs[0] if of_runs else ():
        problems = dict.fromkeys(problem for one in of_runs for problem in one[name])
        told = {problem: [one[name][problem] for one in of_runs if problem in one[name]] for problem in problems}
        found[name] = {problem: sum(some) / len(some) for problem, some in told.items()}
    return found


def apart_table(apart: Apart) -> Table:
    """Means over problems with their intervals."""
    table = Table(title="AUROC within problems that have both kinds of sample")
    for column in ("", "mean", "problems"):
        table.add_column(column, justify="right" if column else "left")
    for name, of_problem in ((name, one) for name, one in apart.items() if one):
        mean, low, high = bootstrap_mean(list(of_problem.values()))
        table.add_row(name, f"{mean:.3f} ({low:.3f} to {high:.3f})", str(len(of_problem)))
    return table
