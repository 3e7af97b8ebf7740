"""What the configuration files of a command line say before any of them is parsed."""

from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from axiom.errors import ConfigError


def learns_values(arguments: list[str]) -> bool:
    """Whether a command line is the value function's: it, or one of its configuration files, names ``data.runs``.

    Raises:
        ConfigError: if a configuration file is missing or no mapping of options, naming the place.
    """
    named = False
    for word, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, _, given = word.partition("=")
        named |= name == "--data.runs"
        if name in ("--config", "-c") and (given or following):
            data = _read_configuration(Path(given or following)).get("data")
            named |= isinstance(data, dict) and "runs" in data
    return named


def _read_configuration(file: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"--config: {file} not found") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"--config: {file} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise ConfigError(f"--config: {file}{line} is no YAML: {problem}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"--config: {file} holds a {type(found).__name__}; expected keys such as data: and model:")
    return found
