"""Problems from the Hugging Face hub: ``hf:owner/name`` or ``hf:owner/name/split``, through ``datasets``.

The rows' fields say which format they are in (:mod:`axiom.problems.formats`). A folder on disk that ``datasets`` can
read does as well as a name on the hub.
"""

from pathlib import Path
from typing import Any

from axiom.errors import ProblemError
from axiom.problems.problem import Problem

_DEFAULT_SPLIT = "test"


def load_hub(name: str) -> list[Problem]:
    """The problems of one split of a dataset, in its order.

    Args:
        name: ``owner/name``, or ``owner/name/split``; without a split ``test`` is taken, or the only one there is.

    Raises:
        ProblemError: if ``datasets`` is missing, the dataset cannot be loaded, or a row is of no known format.
    """
    try:
        import datasets
    except ImportError as error:
        raise ProblemError(f"source 'hf:{name}' needs datasets; run: pip install datasets") from error
    path, split = _divided(name)
    try:
        loaded: Any = datasets.load_dataset(path)
    except Exception as error:  # whatever datasets raises for a name, a network or a file
        raise ProblemError(f"source 'hf:{name}': {type(error).__name__}: {error}") from error
    splits = list(loaded)
    split = split or (splits[0] if len(splits) == 1 else _DEFAULT_SPLIT)
    if split not in splits:
        raise ProblemError(
            f"source 'hf:{name}': no split '{split}'; expected hf:{path}/ and one of {', '.join(splits)}"
        )
    return _problems(loaded[split], name)


def _divided(name: str) -> tuple[str, str]:
    """The dataset's path and the split, empty where none is named."""
    path, _, split = name.rpartition("/")
    return (path, split) if "/" in path and not Path(name).exists() else (name, "")


def _problems(rows: Any, name: str) -> list[Problem]:
    from axiom.problems.formats import format_of, reader

    problems = []
    with reader(format_of(rows[0]).name) as read:
        for number, row in enumerate(rows, start=1):
            try:
                problems.append(read({key: value for key, value in row.items() if value is not None}))
            except ProblemError as error:
                raise ProblemError(f"hf:{name}, row {number}: {error}") from error
    return problems
