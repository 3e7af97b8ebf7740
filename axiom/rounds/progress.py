"""How far a collection is, as displays and logs are told."""

from dataclasses import dataclass

from axiom.rounds.store import Purpose


@dataclass(frozen=True, slots=True)
class CollectProgress:
    """How far all ranks are with a collection.

    Attributes:
        round: the round's number.
        purpose: what is collected.
        done: samples in the store.
        total: samples wanted; with an early stop at most these.
        passed: of those done.
        problems_done: problems that want no more samples.
        problems: all of them.
        waiting: samples that this rank has drawn and that have no verdict yet.
        duplicates: samples stored by this call that took the verdict of an earlier sample of the same program.
        drawn: samples stored by this call.
        tokens: of those.
        elapsed_s: since this call began.
        waited_share: of the ranks' time, what they waited for the last of them; 0 until all have ended.
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
    waited_share: float = 0.0

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
