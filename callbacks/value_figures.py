"""What a value function comes to: a line after each epoch, and at the end a table of them all."""

from pathlib import Path
from typing import Any

import lightning as L
from rich.table import Table

from callbacks.display import display_of

_PREFIX = "value/auroc@"


class ValueFigures(L.Callback):
    """Prints the figures of each evaluation, and where the best value function is."""

    def __init__(self) -> None:
        self.table: list[dict[str, float]] = []

    def on_validation_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Say in a line how well it tells programs apart, and how far its values are from what came true."""
        if trainer.sanity_checking:
            return
        figures = {name: float(value) for name, value in trainer.callback_metrics.items() if name.startswith("value/")}
        self.table.append(figures)
        parts = [f"{figures[name]:.3f} at {head}" for name, head in _shares(figures)]
        if parts:
            told = f"AUROC {', '.join(parts)}; calibration error {figures.get('value/calibration_error', 0.0):.3f}"
            display_of(trainer).say(trainer, f"epoch {len(self.table) - 1}: {told}")

    def on_fit_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Say where it is."""
        module: Any = pl_module
        if self.table:
            display_of(trainer).say(trainer, self._as_table())
        told = f", AUROC {module.best:.3f}" if module.best > 0 else "; no problem to measure it on"
        display_of(trainer).say(trainer, f"the best value function{told}: {Path(trainer.default_root_dir) / 'value'}")

    def _as_table(self) -> Table:
        problems = int(self.table[-1].get("value/problems", 0))
        table = Table(title=f"AUROC of the value by share of the tokens, on {problems} problems that it never saw")
        shares = _shares(self.table[-1])
        columns = [*(name for name, _ in shares), "value/auroc_log_prob", "value/calibration_error"]
        for head in ("epoch", *(head for _, head in shares), "log-probability", "calibration error"):
            table.add_column(head, justify="right")
        for epoch, figures in enumerate(self.table):
            table.add_row(str(epoch), *(f"{figures[name]:.3f}" if name in figures else "" for name in columns))
        return table


def _shares(figures: dict[str, float]) -> list[tuple[str, str]]:
    """The figures by share of the tokens, and how each share is written."""
    return [(name, f"{float(name.removeprefix(_PREFIX)):.0%}") for name in sorted(figures) if name.startswith(_PREFIX)]
