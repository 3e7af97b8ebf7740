"""What a run holds beside its figures: the adapter of a round, the problems that its samples answered, its prompts."""

from axiom.errors import ConfigError, ProblemError, RoundStoreError
from axiom.problems.problem import Problem
from axiom.problems.sources import load_problems, problem_set_hash
from axiom.prompts import PROMPT_VERSION, PromptStyle
from axiom.report.numbers import RunNumbers
from axiom.rounds.store import Purpose, RoundFolder, RoundStore

ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


def chosen_round(run: RunNumbers, asked: int | None) -> int:
    """The round asked for, else the best on validation pass@1.

    Raises:
        ConfigError: if the run has no such round, or none was evaluated.
    """
    found = [one.index for one in run.rounds]
    if asked is not None:
        if asked not in found:
            raise ConfigError(f"--round {asked}: {run.path} has {_listed(found)}")
        return asked
    if run.chosen is None:
        raise ConfigError(
            f"no round of {run.path} was evaluated on validation yet; name one by --round ({_listed(found)})"
        )
    return run.chosen


def _listed(rounds: list[int]) -> str:
    return f"rounds {rounds[0]} to {rounds[-1]}"


def adapter_of(run: RunNumbers, index: int) -> RoundFolder:
    """The folder of a round whose adapter is whole.

    Raises:
        RoundStoreError: if a file of the adapter is missing.
    """
    folder = RoundStore(run.path).folder(index)
    for name in ADAPTER_FILES:
        if not (folder.adapter / name).is_file():
            raise RoundStoreError(f"{folder.adapter} holds no {name}; choose another round by --round")
    return folder


def problems_of(run: RunNumbers, purpose: Purpose, *, selection: str | None = None) -> dict[str, Problem]:
    """The run's problems by id, as its prompts put them.

    Args:
        run: its configuration names them, and its manifest has their hash.
        purpose: which of them.
        selection: names them in the configuration's place.

    Raises:
        ConfigError: if nothing names them.
        ProblemError: if they cannot be read, or are others than the run had.
    """
    limit = None
    if selection is None:
        selection = run.settings.get(f"data.{purpose}_problems")
        words = run.settings.get(f"data.{purpose}_limit", "")
        limit = int(words) if words.isdigit() else None
    if selection is None:
        raise ConfigError(
            f"{run.path} keeps no configuration that names its {purpose} problems; name them by --problems"
        )
    problems = {problem.id: problem for problem in load_problems(selection, limit=limit)}
    counts = run.counts(purpose)
    sampled = [problem for name, problem in problems.items() if any(name in by_name for by_name in counts.values())]
    wanted = run.manifest.problems.get(purpose) if run.manifest is not None else None
    # Where leaks were dropped, or --problems names more, those that were sampled are the set.
    if wanted is not None and wanted not in (problem_set_hash(list(problems.values())), problem_set_hash(sampled)):
        raise ProblemError(
            f"{selection} has other {purpose} problems than {run.path} was made with (hash {wanted}); name those by "
            "--problems"
        )
    return problems


def prompt_style(run: RunNumbers) -> PromptStyle:
    """The style of the run's prompts, where they can be rebuilt as the model read them.

    Raises:
        ConfigError: if they were written by another version of axiom's prompts.
    """
    sampling = run.manifest.sampling if run.manifest is not None else {}
    made, style = sampling.get("prompt_version"), sampling.get("prompt_style")
    if made != PROMPT_VERSION or style is None:
        raise ConfigError(
            f"{run.path} was sampled with prompts of version {made}, and this axiom writes version {PROMPT_VERSION}, "
            "which the model never read; use the axiom that made the run"
        )
    found: PromptStyle = style
    return found
