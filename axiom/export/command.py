"""``python -m axiom export RUN --to FOLDER``: the adapter, the merged model or the dataset, each with its card."""

import argparse
from pathlib import Path

from rich.console import Console

from axiom.errors import ConfigError, RoundStoreError
from axiom.export.cards import adapter_card, dataset_card, merged_card
from axiom.export.dataset import solved_rows, write_rows
from axiom.export.target import copy_adapter, new_folder
from axiom.report.contents import adapter_of, chosen_round, problems_of
from axiom.report.numbers import RunNumbers, read_run

DTYPES = ("float32", "bfloat16", "float16")
QUANTIZATIONS = ("nf4", "int8", "none")


def main(arguments: list[str]) -> int:
    """Export one of the three; returns the exit code.

    Raises:
        AxiomError: for a folder that is no run, a round that it lacks, a destination that is not empty, or problems
            and models that cannot be read.
    """
    chosen = _parser().parse_args(arguments)
    for name in ("dtype", "quantization"):
        if getattr(chosen, name) is not None and not chosen.merge:
            raise ConfigError(f"--{name} belongs to --merge; add it, or leave --{name} out")
    if chosen.max_per_problem is not None and not (chosen.dataset and chosen.max_per_problem > 0):
        raise ConfigError("--max-per-problem: expected 1 or more, and --dataset beside it")
    run, target = read_run(Path(chosen.run)), Path(chosen.to)
    if not run.rounds:
        raise RoundStoreError(f"{run.path} has evaluations alone; expected a run with rounds, as fit and collect make")
    export = _dataset if chosen.dataset else _merged if chosen.merge else _adapter
    with new_folder(target) as folder:
        told = export(run, chosen, folder)
    Console().print(f"{told}: {target}", soft_wrap=True, highlight=False, markup=False)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m axiom export", description=__doc__)
    parser.add_argument("run", metavar="RUN", help="folder of a run: its trainer.default_root_dir")
    parser.add_argument("--to", required=True, metavar="FOLDER", help="new or empty; written whole, or not at all")
    parser.add_argument("--round", type=int, help="default: what fit chose on validation; for --dataset: all")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument(
        "--merge", action="store_true", help="the model that transformers and vLLM load, not the adapter"
    )
    kinds.add_argument("--dataset", action="store_true", help="the passing programs of the train problems")
    parser.add_argument(
        "--dtype", choices=DTYPES, help="--merge: of the weights (default: float32, which loses nothing)"
    )
    parser.add_argument(
        "--quantization", choices=QUANTIZATIONS, help="--merge: of the base in training, if not on disk"
    )
    parser.add_argument("--problems", metavar="SOURCE", help="the run's train problems, if they are elsewhere by now")
    parser.add_argument("--max-per-problem", type=int, help="--dataset: programs of one problem (default: all)")
    return parser


def _adapter(run: RunNumbers, chosen: argparse.Namespace, folder: Path) -> str:
    index = chosen_round(run, chosen.round)
    copy_adapter(adapter_of(run, index), folder)
    (folder / "README.md").write_text(adapter_card(run, index), encoding="utf-8")
    return f"adapter of round {index}" + (", the model before training" if index == 0 else "")


def _dataset(run: RunNumbers, chosen: argparse.Namespace, folder: Path) -> str:
    all_rounds = [one.index for one in run.rounds if "train" in one.of]
    rounds = all_rounds if chosen.round is None else [chosen_round(run, chosen.round)]
    problems = problems_of(run, "train", selection=chosen.problems)
    rows = solved_rows(run, problems, rounds=rounds, max_per_problem=chosen.max_per_problem)
    solved = len({row["problem_id"] for row in rows})
    file = write_rows(rows, folder)
    card = dataset_card(run, rounds=rounds, rows=len(rows), problems=solved, file=file)
    (folder / "README.md").write_text(card, encoding="utf-8")
    return f"{len(rows)} programs of {solved} problems"


def _merged(run: RunNumbers, chosen: argparse.Namespace, folder: Path) -> str:
    from axiom.export.merged import export_merged

    index = chosen_round(run, chosen.round)
    dtype = chosen.dtype or "float32"
    moved = export_merged(run, index, folder, dtype=dtype, quantization=chosen.quantization, problems=chosen.problems)
    (folder / "README.md").write_text(merged_card(run, index, dtype=dtype, moved=moved), encoding="utf-8")
    return f"merged model of round {index} in {dtype}. {moved} Written to"
