"""A collection's work, divided over ranks as it is done.

A rank whose completions are long takes fewer problems than one whose are short, so none waits for another longer than a
problem takes (self-scheduling of a loop; Kruskal and Weiss 1985). An engine with room for all of them leaves the others
theirs: a rank takes no more while it has its share of all that is under way or unclaimed.

All that ranks share are counters, which whoever launched them can provide: torch's process group has a store of such
counters, and one process alone needs a dictionary.
"""

from collections.abc import Sequence
from typing import Protocol


class Together(Protocol):
    """What the ranks of one collection share: integers by name, every call on which is atomic, and a meeting.

    Attributes:
        ranks: how many there are.
    """

    ranks: int

    def begin(self, name: str, value: int) -> None:
        """Give a counter its first value; without effect where it has one."""
        ...

    def add(self, name: str, amount: int) -> int:
        """Add to a counter, which is 0 where nothing began it; returns what it is then."""
        ...

    def meet(self, own: float) -> list[float]:
        """Wait for all ranks; returns what each has brought, by rank."""
        ...


class Alone:
    """One process, which shares with nobody."""

    ranks = 1

    def __init__(self) -> None:
        self._values: dict[str, int] = {}

    def begin(self, name: str, value: int) -> None:
        """Give a counter its first value; without effect where it has one."""
        self._values.setdefault(name, value)

    def add(self, name: str, amount: int) -> int:
        """Add to a counter; returns what it is then."""
        self._values[name] = self._values.get(name, 0) + amount
        return self._values[name]

    def meet(self, own: float) -> list[float]:
        """What this process has brought."""
        return [own]


class Work:
    """Problems that are claimed one by one, a pool of samples, and what all ranks have done.

    Args:
        together: of this collection; None for a process alone.
    """

    def __init__(self, together: Together | None = None) -> None:
        self._together: Together = Alone() if together is None else together

    def fill(self, *, problems: int, pool: int) -> None:
        """Say what there is to do at first; the first rank to say so decides.

        Args:
            problems: samples that the problems want in any case.
            pool: samples beyond these.
        """
        self._together.begin("unclaimed", problems)
        self._together.begin("pool", pool)

    def is_behind(self, under_way: int) -> bool:
        """Whether a rank with so many samples under way has none, or less than its share of what is yet to come."""
        if not under_way:
            return True
        of_all = self._together.add("under_way", 0) + self._together.add("unclaimed", 0)
        return under_way * self._together.ranks < of_all

    def claim(self, samples: Sequence[int]) -> int | None:
        """The number of a problem that no rank has had; None where all are claimed.

        Args:
            samples: that each problem wants, by number; they are under way from here on.
        """
        number = self._together.add("claimed", 1) - 1
        if number >= len(samples):
            return None
        self._together.add("unclaimed", -samples[number])
        self._together.add("under_way", samples[number])
        return number

    @property
    def claimed(self) -> int:
        """Problems claimed so far; more than there are once a rank has asked in vain."""
        return self._together.add("claimed", 0)

    def judged(self) -> None:
        """A sample is no longer under way."""
        self._together.add("under_way", -1)

    @property
    def pool(self) -> int:
        """Samples left in the pool."""
        return max(self._together.add("pool", 0), 0)

    def spend(self, wanted: int) -> int:
        """Take up to so many samples from the pool, which are then under way; returns how many were there."""
        left = self._together.add("pool", -wanted)
        granted = max(min(wanted, wanted + left), 0)
        if granted < wanted:
            self._together.add("pool", wanted - granted)
        self._together.add("under_way", granted)
        return granted

    def begin(self, name: str, value: int) -> None:
        """Say what a sum over ranks begins with; the first rank to say so decides."""
        self._together.begin(f"sum/{name}", value)

    def add(self, name: str, amount: int = 0) -> int:
        """Add to a sum over ranks; returns what it is then."""
        return self._together.add(f"sum/{name}", amount)

    def waited_share(self, elapsed_s: float) -> float:
        """Wait for all ranks; returns, of the time of all, what they waited for the last of them.

        Args:
            elapsed_s: that this rank has worked since all began.
        """
        worked = self._together.meet(elapsed_s)
        last = max(worked)
        return 1.0 - sum(worked) / (len(worked) * last) if last > 0 else 0.0
