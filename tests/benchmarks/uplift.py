"""``make bench-uplift``: what each objective and each choice of Examples does to pass@k, over seeds.

Every variant is the quickstart with other arguments, run by the command line as a user would, once for each seed. Runs
of one seed draw the same first round, which is sampled once and copied; a run that was stopped goes on. The table has
the test split before training and after the round chosen on validation, each problem's mean over the seeds, with paired
95% bootstrap intervals over problems, and each variant against the first in the same way; with ``--humaneval``
HumanEval too, which no variant trains on. The last line is one JSON object.

Run: ``python -m tests.benchmarks.uplift --variants SFT,DPO --seeds 0,1,2 --out runs/uplift``. On two cores a run takes
about as long as the quickstart.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from axiom.errors import AxiomError
from axiom.pass_at_k import pass_at_k_by_problem
from axiom.report.comparison import Change, Group, averaged, change_of
from axiom.report.numbers import RunNumbers, read_run
from axiom.report.tables import told_change
from axiom.rounds.store import RoundStore

_CONFIG = "configs/quickstart.yaml"
_HUMANEVAL = ("--data.test_problems", "humaneval", "--data.test_samples", "8", "--data.max_new_tokens", "160")
_K = (1, 8)
_CAP_1 = ("--data.selection.max_per_problem", "1")
_DISTILL = ("--config", "configs/overlays/distill.yaml")
VARIANTS: dict[str, tuple[str, ...]] = {
    "SFT": (),
    "Distill": _DISTILL,
    "DPO": ("--config", "configs/overlays/dpo.yaml"),
    "PolicyGradient": ("--config", "configs/overlays/policy_gradient.yaml"),
    "every sample": ("--data.selection.distinct", "false", "--data.selection.max_per_problem", "8"),
    "cap 1": _CAP_1,
    "cap 8": ("--data.selection.max_per_problem", "8"),
    "diverse": ("--data.selection.prefer", "diverse"),
    "weigh problem": ("--data.selection.weigh", "problem"),
    "replay": ("--data.selection.replay", "1.0"),
    "from base": ("--expert_iteration.restart_from", "base"),
    "from base with replay": ("--expert_iteration.restart_from", "base", "--data.selection.replay", "1.0"),
    "KL 0.1": ("--model.kl_coefficient", "0.1"),
    "mixed prompts": ("--data.share_prompts", "false"),
    "search by samples": ("--data.search.name", "best_of_n"),
    "search by repair": ("--data.search.name", "repair"),
    "search by value": ("--data.search.name", "value_beam", "--data.value.learn", "true"),
    "cap 1 by value": (*_CAP_1, "--data.selection.prefer", "value", "--data.value.learn", "true"),
    "Distill by value": (*_DISTILL, "--model.objective.init_args.value_weight", "0.2", "--data.value.learn", "true"),
}


def axiom(*arguments: str) -> None:
    """Run a command of axiom's, its output beside this one's.

    Raises:
        SystemExit: if it fails.
    """
    if code := subprocess.run([sys.executable, "-m", "axiom", *arguments], stdout=sys.stderr, check=False).returncode:
        sys.exit(code)


def trained(variant: str, seed: int, out: Path, *, rounds: int | None) -> Path:
    """The folder of a variant's run, which is done or goes on where it was stopped."""
    name = f"{variant.replace(' ', '_')}-{seed}" + ("" if rounds is None else f"-rounds-{rounds}")
    run, first = out / name, out / f"first-round-{seed}"
    if first.is_dir() and not run.exists():
        shutil.copytree(first, run / "rounds" / "000")
    seeds = ("--seed_everything", str(seed), "--data.seed", str(seed), "--model.seed", str(seed))
    length = () if rounds is None else ("--expert_iteration.rounds", str(rounds))
    axiom("fit", "--config", _CONFIG, *VARIANTS[variant], *seeds, *length, "--trainer.default_root_dir", str(run))
    if not first.is_dir():
        shutil.copytree(run / "rounds" / "000", first)
    return run


def tested_on_humaneval(run: Path, seed: int) -> None:
    """Evaluate model 0 and the chosen round; what is there already is not sampled again."""
    for index in dict.fromkeys((0, read_run(run).chosen or 0)):
        adapter = str(RoundStore(run).folder(index).adapter)
        places = ("--trainer.default_root_dir", str(run), "--model.adapter", adapter, "--data.seed", str(seed))
        axiom("test", "--config", _CONFIG, *places, *_HUMANEVAL)


def on_test(runs: Sequence[RunNumbers], k: int) -> Change | None:
    """The change on the test split from model 0 to each run's chosen round."""
    return Group("", tuple(runs)).change("test", k, chosen=True)


def on_humaneval(runs: Sequence[RunNumbers], k: int) -> Change | None:
    """The same on HumanEval; None where a run was not evaluated on it."""
    asked = dict.fromkeys(one.alike for run in runs for one in run.evaluations if "HumanEval/0" in one.measured.counts)
    found = (Group("", tuple(runs)).evaluated(alike, k) for alike in asked)
    return next((change for change in found if change is not None), None)


def against(first: Sequence[RunNumbers], other: Sequence[RunNumbers], k: int) -> Change | None:
    """How much better the other variant's chosen rounds are on the test split than the first variant's."""

    def of(runs: Sequence[RunNumbers]) -> dict[str, float]:
        return averaged([pass_at_k_by_problem(run.counts("test").get(run.chosen or 0, {}), k) for run in runs])

    return change_of(of(first), of(other))


def told(changes: Mapping[str, Mapping[str, Change | None]]) -> dict[str, Any]:
    """The changes as plain numbers in percentage points."""
    return {
        variant: {
            name: None if one is None else [round(100 * x, 1) for x in (one.before, one.after, one.low, one.high)]
            for name, one in row.items()
        }
        for variant, row in changes.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", default="SFT,Distill,DPO,PolicyGradient", help=", ".join(VARIANTS))
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--rounds", type=int, help="of a run; 1 is short: every variant learns from the same samples")
    parser.add_argument("--out", type=Path, default=Path("runs/uplift"))
    parser.add_argument("--humaneval", action="store_true")
    chosen = parser.parse_args()
    variants, seeds = chosen.variants.split(","), [int(seed) for seed in chosen.seeds.split(",")]
    if unknown := set(variants) - set(VARIANTS):
        parser.error(f"--variants: no {', '.join(sorted(unknown))}; expected some of {', '.join(VARIANTS)}")
    runs: dict[str, list[RunNumbers]] = {variant: [] for variant in variants}
    for seed in seeds:
        for variant in variants:
            run = trained(variant, seed, chosen.out, rounds=chosen.rounds)
            if chosen.humaneval:
                tested_on_humaneval(run, seed)
            runs[variant].append(read_run(run))
    changes = {
        variant: {f"{where} pass@{k}": of(runs[variant], k) for where, of in _WHERE.items() for k in _K}
        | {
            f"against {variants[0]}, pass@{k}": against(runs[variants[0]], runs[variant], k)
            for k in _K
            if variant != variants[0]
        }
        for variant in variants
    }
    names = dict.fromkeys(name for row in changes.values() for name, one in row.items() if one is not None)
    table = Table(title=f"From model 0 to the chosen round, seeds {chosen.seeds}")
    for column in ("", *names):
        table.add_column(column, justify="right" if column else "left")
    for variant, row in changes.items():
        found = [row.get(name) for name in names]
        table.add_row(
            variant, *("" if c is None else f"{c.before:.1%} to {c.after:.1%}\n{told_change(c)}" for c in found)
        )
    Console().print(table)
    print(json.dumps(told(changes)))


_WHERE = {"test": on_test, "HumanEval": on_humaneval}

if __name__ == "__main__":
    try:
        main()
    except AxiomError as error:
        sys.exit(f"error: {error}")
