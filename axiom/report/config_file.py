"""The configuration that a fit left beside its log, as text and by dotted name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from axiom.rounds.choice import RoundChoice

_NOT_COMPARED = (
    "seed_everything",
    "data.seed",
    "model.seed",
    "trainer.default_root_dir",
    "ckpt_path",
    "config",
    "fresh",
)
_SHOW_NOT_DO = ("display.", "predictions.")


def config_file(run: Path) -> Path | None:
    """Where a run's configuration stands; None where it keeps none."""
    return next((file for file in (run / "tensorboard" / "config.yaml", run / "config.yaml") if file.is_file()), None)


def read_config(run: Path) -> tuple[str, dict[str, str]]:
    """The configuration as it stands on disk, and its settings; one that is no YAML is shown, and sets nothing.

    Args:
        run: the run's folder.
    """
    import yaml

    file = config_file(run)
    if file is None:
        return "", {}
    text = file.read_text(encoding="utf-8", errors="replace")
    try:
        return text, flattened(yaml.safe_load(text))
    except yaml.YAMLError:
        return text, {}


def flattened(value: Any, prefix: str = "") -> dict[str, str]:
    """Nested mappings as ``outer.inner`` names with values as text."""
    if not isinstance(value, dict):
        return {prefix: str(value)} if prefix else {}
    flat: dict[str, str] = {}
    for name, inner in value.items():
        flat |= flattened(inner, f"{prefix}.{name}" if prefix else str(name))
    return flat


def compared(settings: Mapping[str, str]) -> dict[str, str]:
    """Without seeds and places, which differ between seeds of one thing, and what only changes how a run is shown."""
    return {
        name: value
        for name, value in settings.items()
        if name not in _NOT_COMPARED and not name.startswith(_SHOW_NOT_DO)
    }


def budgets(settings: Mapping[str, str]) -> tuple[int, ...]:
    """The k of pass@k that the run was asked for, in order; empty where nothing says."""
    found = [int(word) for word in settings.get("model.k", "").strip("[]()").split(",") if word.strip().isdigit()]
    return tuple(sorted({budget for budget in found if budget > 0}))


def round_choice(settings: Mapping[str, str]) -> RoundChoice:
    """How the run chose its best round; the default where nothing says."""
    told = settings.get("expert_iteration.choice.most_lost")
    if told is None:
        return RoundChoice()
    try:
        return RoundChoice(most_lost=None if told == "None" else float(told))
    except ValueError:
        return RoundChoice()
