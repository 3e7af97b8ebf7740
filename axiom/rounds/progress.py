"""How far a collection is, as displays and logs are told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from axiom.rounds.store import Purpose


@dataclass(frozen=True, slots=True)
class CollectProgress:
    """How far a collection is.

    Attributes:
        round: the round's number.
        purpose: what is collected.
        done: samples in the store.
        total: samples wanted; with an early stop at most these.
        passed: of those done.
        problems_done: problems that want no more samples.
        problems: all of this rank's.
        waiting: samples drawn that have no verdict yet.
        duplicates: samples stored by this call that took the verdict of an earlier sample of the same program.
        drawn: samples stored by this call.
        tokens: of those.
        elapsed_s: since this call began.
    """

    round: int
    purpose: Purpose
    done: int
    total: int
    passed: int
    problems_done: int
    problems: int
    waiting: int
    duplicates: int
    drawn: int
    tokens: int
    elapsed_s: float

    @property
    def tokens_per_s(self) -> float:
        """Speed of this call, judging included."""
        return self.tokens / max(self.elapsed_s, 1e-6)

    @property
    def samples_per_s(self) -> float:
        """The same in samples."""
        return self.drawn / max(self.elapsed_s, 1e-6)

    @property
    def left_s(self) -> float | None:
        """Estimate of the time left; None before the first sample."""
        return (self.total - self.done) * self.elapsed_s / self.drawn if self.drawn else None


def together(parts: Sequence[CollectProgress]) -> CollectProgress:
    """The progress of all ranks together; they worked at the same time."""
    counts = ("done", "total", "passed", "problems_done", "problems", "waiting", "duplicates", "drawn", "tokens")
    sums = {name: sum(getattr(part, name) for part in parts) for name in counts}
    return replace(parts[0], **sums, elapsed_s=max(part.elapsed_s for part in parts))
