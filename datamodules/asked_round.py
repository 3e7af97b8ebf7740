"""The round that ``collect --round N`` asks for: one that exists, or the next, with the adapter that training left."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from axiom.errors import ConfigError
from axiom.rounds.store import RoundStore


@dataclass(frozen=True, slots=True)
class AskedRound:
    """What to collect.

    Attributes:
        index: the round.
        checkpoint: where the adapter of a round after the newest is read from.
    """

    index: int
    checkpoint: Path

    def adapter_state(self, store: RoundStore, newest: int | None, *, epochs_per_round: int) -> dict[str, Any] | None:
        """The module's state that begins the round; None where the round exists, or is the first of a run.

        Args:
            store: the run's rounds.
            newest: the run's newest round.
            epochs_per_round: epochs after which a round ends.

        Raises:
            ConfigError: if the round neither exists nor is the next, or training has not come to its beginning.
        """
        following = 0 if newest is None else newest + 1
        if not 0 <= self.index <= following:
            found = "no round yet" if newest is None else f"rounds 0 to {newest}"
            raise ConfigError(f"--round {self.index}: {store.run} has {found}; expected 0 to {following}")
        if self.index < following or self.index == 0:
            return None
        wanted = f"--round {self.index} begins after {self.index * epochs_per_round} epochs of training"
        if not self.checkpoint.is_file():
            raise ConfigError(f"{wanted}; {self.checkpoint} not found: let fit finish round {newest}")
        state: dict[str, Any] = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        trained = int(state["epoch"]) + 1
        if trained != self.index * epochs_per_round:
            raise ConfigError(
                f"{wanted}, and {self.checkpoint} was saved after {trained}; let fit finish round {newest}"
            )
        adapter: dict[str, Any] = state["state_dict"]
        return adapter
