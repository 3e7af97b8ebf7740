"""``make bench-search``: what a choice among n samples is worth, on problems that neither policy nor value ever saw.

Samples of the test problems from a run's best round are drawn by ``axiom test``, as the run draws, where ``fit`` has
left fewer, and scored once: log-probability, public examples, behaviour on generated inputs, value. For each budget of
n samples, and each way of choosing, the chance that the chosen program passes is an expectation over subsets of all
samples, and a mean over problems with its 95% bootstrap interval; ``oracle`` is pass@n. AUROC of the value is told
beside them, within problems that have both kinds of sample. Of several runs, each with its own value function, a
problem's chance is the mean. ``report`` shows them, from ``search.json`` in the run. Budgets are the same for all in
samples, and so in tokens on the mean. With ``--searches`` value beam and repair are run as well, at the same numbers of
samples. ``--examples 1`` lets choosers see one of a problem's public examples, and writes no file. The last line is one
JSON object.

Run: ``python -m tests.benchmarks.search RUN... [--value runs/value/value ...]
[--seeds 0,1,2] [--searches value_beam,repair]``.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from axiom.errors import AxiomError
from axiom.generation.chat_template import encode_prompt
from axiom.generation.sampler import SamplingParams
from axiom.pass_at_k import bootstrap_mean, paired_bootstrap
from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction, load_value_function
from axiom.prompts import build_prompt
from axiom.report.config_file import config_file
from axiom.report.contents import adapter_of, chosen_round, problems_of, prompt_style
from axiom.report.numbers import RunNumbers, read_run
from axiom.report.value_numbers import SEARCH_FILE
from axiom.rounds.store import JudgedSample, RoundFolder
from axiom.search.choosers import (
    ByValue,
    Candidate,
    Chooser,
    Consensus,
    First,
    InTurn,
    LogProbability,
    PublicExamples,
)
from axiom.search.expectation import expected_pass, expected_pass_by_draws
from axiom.search.scoring import Sampled, candidates_of
from axiom.verification.judge import Judge, available_cores, make_sandbox
from tests.benchmarks.search_auroc import KEYS, Apart, apart_table, mean_apart, told_apart
from tests.benchmarks.search_while_drawing import searched

CHOOSERS: dict[str, Chooser] = {
    "random": First(),
    "log-probability": LogProbability(),
    "consensus": Consensus(),
    "value": ByValue(),
    "examples": PublicExamples(),
    "examples, then log-probability": InTurn([PublicExamples(), LogProbability()]),
    "examples, then consensus": InTurn([PublicExamples(), Consensus()]),
    "examples, then value": InTurn([PublicExamples(), ByValue()]),
}
_OF_THE_BASE = ("quantization", "dtype")
_SAMPLING = ("temperature", "top_p", "top_k", "min_p", "max_new_tokens")
_OF_SUBSETS = ("consensus", "examples, then consensus")
Scored = list[tuple[Candidate, bool]]
Chances = dict[tuple[str, int], dict[str, float]]  # of each way of choosing and budget, by problem


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on one run: chances, the mean tokens of a sample and of each search, AUROC for each seed."""

    passed: Chances
    tokens: dict[str, float]
    apart: list[Apart]


def drawn(run: RunNumbers, samples: int, seed: int) -> list[JudgedSample]:
    """Judged samples of the test problems from the run's best round; what is there is not drawn again.

    Raises:
        SystemExit: if ``axiom test`` fails.
    """
    folder, wanted = adapter_of(run, chosen_round(run, None)), problems_of(run, "test")
    made = folder.read_manifest()

    def enough(of: RoundFolder) -> list[JudgedSample] | None:
        rows = [row for row in of.read("test") if row.task_id in wanted and row.sample_index < samples]
        its = of.read_manifest()
        is_same = its.seed == seed and its.sampling == made.sampling
        is_same &= all(its.policy.get(name, value) == value for name, value in made.policy.items())
        return rows if is_same and len(rows) == samples * len(wanted) else None

    if rows := enough(folder):  # fit has drawn as many
        return rows
    if (config := config_file(run.path)) is None:
        sys.exit(f"error: {run.path} keeps no configuration to draw samples by")
    command = [sys.executable, "-m", "axiom", "test", "--config", str(config)]
    command += ["--trainer.default_root_dir", str(run.path), "--model.adapter", str(folder.adapter)]
    command += ["--data.test_samples", str(samples), "--data.seed", str(seed)]
    command += [word for name in _OF_THE_BASE if name in made.policy for word in (f"--model.{name}", made.policy[name])]
    if code := subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        sys.exit(code)
    for path in (run.path / "evaluations").glob(f"{made.adapter_hash}-*"):
        if rows := enough(RoundFolder(path)):
            return rows
    sys.exit(f"error: {run.path / 'evaluations'} has no {samples} samples of each test problem")


def _by_problem(rows: Sequence[JudgedSample]) -> dict[str, list[JudgedSample]]:
    found: dict[str, list[JudgedSample]] = defaultdict(list)
    for row in rows:
        if row.outcome != "internal_error":
            found[row.task_id].append(row)
    return found


def policy_of(run: RunNumbers) -> Policy:
    """The best round's policy."""
    return Policy(
        base=run.rounds[0].manifest.base,
        quantization=run.policy_setting("quantization") or "nf4",  # type: ignore[arg-type]
        dtype=run.policy_setting("dtype") or "auto",
        adapter=adapter_of(run, chosen_round(run, None)).adapter,
    )


def scored(
    run: RunNumbers, rows: Sequence[JudgedSample], *, function: ValueFunction | None, examples: int | None
) -> dict[str, Scored]:
    """The candidates of each problem with their verdicts; choosers see that many examples, or all."""
    problems, style = problems_of(run, "test"), prompt_style(run)
    policy = None if function is None else function.policy
    found, cores = {}, available_cores()
    sandbox = make_sandbox("auto")
    try:
        with Judge(workers=cores, all_tests=True) as judge:
            for name, some in _by_problem(rows).items():
                problem = problems[name]
                prompt = [] if policy is None else encode_prompt(policy.tokenizer, build_prompt(problem, style=style))
                candidates = candidates_of(
                    replace(problem, examples=problem.examples[:examples]),
                    [Sampled(row.solution, tuple(row.token_ids), tuple(row.log_probs)) for row in some],
                    judge=judge,
                    sandbox=sandbox,
                    value=function,
                    prompt=prompt,
                    workers=cores,
                )
                found[name] = [(one, row.passed) for one, row in zip(candidates, some, strict=True)]
    finally:
        sandbox.close()
    return found


def measured(run: RunNumbers, its_value: Path | None, chosen: argparse.Namespace, budgets: Sequence[int]) -> Measured:
    """One run's choosers and searches, each problem's chance the mean over the seeds."""
    policy = policy_of(run) if its_value is not None or chosen.searches else None
    value = None if its_value is None or policy is None else load_value_function(its_value, policy)
    names = [name for name in CHOOSERS if value is not None or "value" not in name] + ["oracle"]
    by_seed: list[Chances] = []
    tokens: dict[str, list[float]] = defaultdict(list)
    apart: list[Apart] = []
    for seed in (int(word) for word in chosen.seeds.split(",")):
        rows = drawn(run, chosen.samples, seed)
        candidates = scored(run, rows, function=value, examples=chosen.examples)
        if value is not None:
            judged = [row for row in rows if row.outcome != "internal_error"]
            apart.append(told_apart(value, judged, problems_of(run, "test"), style=prompt_style(run)))
        if chosen.keep is not None:
            keep(candidates, chosen.keep, run=run.name, seed=seed)
        by_seed.append({(name, n): worth(candidates, name, n) for name in names for n in budgets})
        drawn_tokens = [one.tokens for pairs in candidates.values() for one, _ in pairs]
        tokens["a sample"].append(sum(drawn_tokens) / len(drawn_tokens))
        for search in filter(None, chosen.searches.split(",")):
            for n in (int(word) for word in chosen.search_budgets.split(",")):
                assert policy is not None
                sampling = run.rounds[0].manifest.sampling
                found = searched(
                    search,
                    list(problems_of(run, "test").values()),
                    policy=policy,
                    value=value,
                    params=SamplingParams(**{name: sampling[name] for name in _SAMPLING if name in sampling}),
                    style=prompt_style(run),
                    samples=n,
                    repeats=chosen.repeats or max(chosen.samples // n, 1),
                    seed=seed,
                )
                by_seed[-1][search, n] = found.passed
                tokens[f"{search} of {n}"].append(found.tokens)
    return Measured(mean_of(by_seed), {name: sum(of) / len(of) for name, of in tokens.items()}, apart)


def mean_of(chances: Sequence[Chances]) -> Chances:
    """Each problem's chance as a mean."""
    return {
        key: {problem: sum(one[key][problem] for one in chances) / len(chances) for problem in chances[0][key]}
        for key in chances[0]
    }


def keep(candidates: Mapping[str, Scored], to: Path, *, run: str, seed: int) -> None:
    """Append the scored candidates to a file of JSON lines."""
    with to.open("a", encoding="utf-8") as file:
        for problem, pairs in candidates.items():
            for one, passed in pairs:
                row = {"run": run, "task_id": problem, "seed": seed, "passed": passed, **asdict(one)}
                file.write(json.dumps(row) + "\n")


def keep_rates(chances: Chances, to: Path) -> None:
    """Write the mean of each way of choosing and budget, with its interval over problems, as ``report`` reads it."""
    rates: dict[str, dict[int, tuple[float, float, float]]] = defaultdict(dict)
    for (name, n), of_problem in chances.items():
        rates[name][n] = bootstrap_mean(list(of_problem.values()))
    kept = {"problems": len(next(iter(chances.values()))), "rates": rates}
    to.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def worth(candidates: Mapping[str, Scored], name: str, n: int) -> dict[str, float]:
    """For each problem the chance that what is chosen among n samples passes."""
    found = {}
    for problem, pairs in candidates.items():
        some, passed = [candidate for candidate, _ in pairs], [was for _, was in pairs]
        if name == "oracle":
            found[problem] = expected_pass([(float(was),) for was in passed], passed, n)
        elif name in _OF_SUBSETS:
            found[problem] = expected_pass_by_draws(some, passed, CHOOSERS[name], n)
        else:
            found[problem] = expected_pass(CHOOSERS[name].scores(some), passed, n)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--value", type=Path, nargs="*", default=[], help="folder of a value function, for each run")
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--budgets", default="1,4,16,64")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--searches", default="", help="value_beam, repair")
    parser.add_argument("--search-budgets", default="16", help="samples of these")
    parser.add_argument("--examples", type=int, help="how many public examples choosers see; all where it is left out")
    parser.add_argument("--repeats", type=int, help="of each; as many as give --samples where it is left out")
    parser.add_argument("--keep", type=Path, help="write the scored candidates there, as JSON lines")
    chosen = parser.parse_args()
    if chosen.value and len(chosen.value) != len(chosen.runs):
        parser.error(f"--value: {len(chosen.value)} for {len(chosen.runs)} runs; expected one for each, or none")
    budgets = [int(n) for n in chosen.budgets.split(",")]
    found: list[Measured] = []
    for path, value in zip(chosen.runs, chosen.value or [None] * len(chosen.runs), strict=True):
        run = read_run(path)
        found.append(measured(run, value, chosen, budgets))
        if chosen.examples is None:  # a report tells of choosers that see all that there is
            keep_rates(found[-1].passed, run.path / SEARCH_FILE)
    means = mean_of([one.passed for one in found])
    tokens = {name: sum(one.tokens[name] for one in found) / len(found) for name in found[0].tokens}
    title = f"{', '.join(path.name for path in chosen.runs)}, {chosen.samples} samples, seeds {chosen.seeds}"
    apart = mean_apart([of_seed for one in found for of_seed in one.apart])
    report(means, list(dict.fromkeys(name for name, _ in means)), budgets, title=title, tokens=tokens, apart=apart)


def report(
    means: Mapping[tuple[str, int], Mapping[str, float]],
    names: Sequence[str],
    budgets: Sequence[int],
    *,
    title: str,
    tokens: Mapping[str, float],
    apart: Apart,
) -> None:
    """The tables, and the JSON object."""
    table = Table(title=f"Pass rate by budget of samples: {title}")
    for column in ("", *(str(n) for n in budgets)):
        table.add_column(column, justify="right" if column else "left")
    for name in names:
        cells = []
        for n in budgets:
            if (name, n) not in means:
                cells.append("")
                continue
            mean, low, high = bootstrap_mean(list(means[name, n].values()))
            cells.append(f"{mean:.1%} ({low * 100:.1f} to {high * 100:.1f})")
        table.add_row(name, *cells)
    Console().print(table)
    if apart:
        Console().print(apart_table(apart))
    at = 16 if 16 in budgets else budgets[-1]

    def closed(name: str) -> float | None:
        """The share of the gap between random choice and the oracle that a way of choosing closes."""
        if (name, at) not in means:
            return None
        low, got, high = (sum(means[one, at].values()) for one in ("random", name, "oracle"))
        return round((got - low) / (high - low), 3) if high > low else None

    def over(before: str, after: str) -> list[float]:
        """The paired change in points with its interval."""
        left, right = means[before, at], means[after, at]
        change = paired_bootstrap(list(left.values()), [right[problem] for problem in left])
        return [round(100 * points, 1) for points in change]

    told: dict[str, Any] = {
        f"gap_closed_at_{at}": closed(f"examples, then {'value' if ('value', at) in means else 'log-probability'}"),
        "gap_closed_value": closed("value"),
        "gap_closed_examples": closed("examples"),
        "gap_closed": {name: closed(name) for name in names},
        "tokens": {name: round(count, 1) for name, count in tokens.items()},
        "problems": len(means[names[0], at]),
        **{KEYS[name]: round(bootstrap_mean(list(one.values()))[0], 3) for name, one in apart.items() if one},
    }
    for name in names:
        if name in ("value_beam", "repair") and (name, at) in means:
            told[f"{name}_over_examples_points"] = over("examples, then log-probability", name)
    if ("value", at) in means:
        told["value_over_examples_points"] = over("examples", "examples, then value")
    print(json.dumps(told))


if __name__ == "__main__":
    try:
        main()
    except AxiomError as error:
        sys.exit(f"error: {error}")
