"""What is told of a round's collection: TensorBoard's scalars, and ``collect``'s own result."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import lightning as L
from rich.table import Table

from axiom.pass_at_k import mean_pass_at_k
from axiom.rounds.progress import CollectProgress
from axiom.rounds.store import JudgedSample, counts_by_problem
from axiom.verification.verdict import Outcome
from callbacks.display import display_of


def collection_scalars(
    rows: Sequence[JudgedSample], counted: Sequence[JudgedSample], k: Sequence[int], collected: CollectProgress | None
) -> dict[str, float]:
    """Figures of a round's train samples by their names in TensorBoard.

    ``collect/solved`` is the share of problems with a sample that passed. Every outcome is told, 0 where none had it,
    so that a curve does not end where an outcome vanishes. ``collect/surprisal`` is the mean negative log-probability
    of a drawn token at temperature 1, in nats: at that temperature an estimate of the samples' entropy. With
    ``collect/tokens_per_sample`` it shows a policy that narrows or drifts in length.

    Args:
        rows: all of them, at least one.
        counted: those that pass@k counts.
        k: budgets of pass@k; one that exceeds a problem's samples is left out.
        collected: how collecting went; None where the samples were there. ``collect/waited_share`` is, of the ranks'
            time, what they waited for the last of them.
    """
    by_problem, counts = counts_by_problem(rows), list(counts_by_problem(counted).values())
    k_max = min(Counter(row.task_id for row in counted).values(), default=0)  # the judge's faults among them
    scalars = {f"collect/pass@{budget}": mean_pass_at_k(counts, budget) for budget in k if budget <= k_max}
    scalars["collect/acceptance"] = sum(row.passed for row in rows) / len(rows)
    scalars["collect/solved"] = sum(passed > 0 for _, passed in by_problem.values()) / max(len(by_problem), 1)
    scalars["collect/tokens_per_sample"] = sum(row.tokens for row in rows) / len(rows)
    log_probs = [log_prob for row in rows for log_prob in row.log_probs]
    if log_probs:  # not every engine tells them
        scalars["collect/surprisal"] = -sum(log_probs) / len(log_probs)
    outcomes = Counter(row.outcome for row in rows)
    scalars |= {f"outcomes/{outcome.value}": outcomes[outcome.value] / len(rows) for outcome in Outcome}
    if collected is not None:
        scalars["collect/tokens_per_s"] = collected.tokens_per_s
        scalars["collect/samples_per_s"] = collected.samples_per_s
        scalars["collect/waited_share"] = collected.waited_share
        scalars["collect/duplicates"] = collected.duplicates / max(collected.drawn, 1)
    return scalars


def tell_collection(trainer: L.Trainer, data: Any, k: Sequence[int]) -> None:
    """Log and print what ``collect`` has brought together.

    Args:
        trainer: has the loggers and the display.
        data: the DataModule, at the round that was collected.
        k: budgets of pass@k.
    """
    rows, collected = data.folder.read("train"), data.collected.pop("train", None)
    scalars = collection_scalars(rows, data.before_stopping(rows), k, collected) | data.figures
    for logger in trainer.loggers:
        logger.log_metrics(scalars, step=data.round)
        logger.finalize("success")
    display = display_of(trainer)
    display.say(trainer, _table(data.round, rows, scalars))
    display.say(trainer, f"saved in {data.folder.path}; fit uses these samples without drawing them again")


def _by_search(scalars: dict[str, float]) -> dict[str, str]:
    """The table's cell of what searches solved, where there was a search."""
    if "search/solved" not in scalars:
        return {}
    problems = scalars["search/problems"]
    return {"solved by search": f"{scalars['search/solved'] * problems:.0f} of {problems:.0f}"}


def _table(index: int, rows: Sequence[JudgedSample], scalars: dict[str, float]) -> Table:
    counts = counts_by_problem(rows)
    cells = {
        "samples": str(len(rows)),
        "accepted": f"{scalars['collect/acceptance']:.1%}",
        "solved": f"{sum(c > 0 for _, c in counts.values())} of {len(counts)}",
        **_by_search(scalars),
        **{name.removeprefix("collect/"): f"{value:.1%}" for name, value in scalars.items() if "pass@" in name},
        "tokens": str(sum(row.tokens for row in rows)),
    }
    if "collect/tokens_per_s" in scalars:
        cells["tokens/s"] = f"{scalars['collect/tokens_per_s']:.0f}"
        cells["duplicates"] = f"{scalars['collect/duplicates']:.0%}"
    cells |= {name: str(count) for name, count in Counter(row.outcome for row in rows).most_common()}
    table = Table(title=f"Collection of round {index}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for cell in cells.items():
        table.add_row(*cell)
    return table
