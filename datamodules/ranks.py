"""What ranks tell one another beside Lightning's collectives: counters, and waiting without a limit of time.

Sampling and judging take as long as they take: a rank that waits in a collective for one that still samples would run
into the process group's time limit, and one whose partner has died would wait as long. Here a rank waits for the others
as long as they show that they live. One that shows no life for forty seconds ends the run on all: a rank that waits
raises, and one that does not come back from a collective, or from a store that no longer answers because a machine or a
cable is gone, is ended where it stands, since no exception reaches it there. All of it goes through the process group's
own store, which ``torchrun``, Slurm and Lightning's launchers all begin.
"""

import os
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import lightning as L
import torch.distributed as distributed
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch.distributed import PrefixStore  # type: ignore[attr-defined]  # (public; its stub does not say so)

from axiom.errors import RankLostError, RoundStoreError
from axiom.rounds.work import Alone, Together

_Read = TypeVar("_Read")
_SILENT_S = 40.0
_BEATS = 20
_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.1
_OLD_S = (0.0, 1.0, 5.0, 20.0, 60.0)
_GOES_ON = "says why; the same command goes on from what is stored"


class Ranks:
    """The ranks of a run; one process alone is a rank, too.

    Every rank calls :meth:`together` and :meth:`gather` as often as the others, in the same order.

    Args:
        rank: this process.
        world_size: how many there are.
        store: of torch's, which all share; not needed by one alone.
        while_waiting: called again and again while this rank waits for others; may raise to end the wait.
        silent_s: after which a rank that shows no life is lost. Half as long after it a rank that has not come to know
            is ended.
        end: what ends it, given the reason.
    """

    def __init__(
        self,
        rank: int,
        world_size: int,
        store: Any = None,
        *,
        while_waiting: Callable[[], None] = lambda: None,
        silent_s: float = _SILENT_S,
        end: Callable[[str], None] = lambda reason: _end_process(reason),
    ) -> None:
        self.rank, self.world_size = rank, world_size
        self._while_waiting, self._silent_s, self._end = while_waiting, silent_s, end
        self._meetings = self._answers = 0
        self._ended = threading.Event()
        self._failed = False
        self._lost: str | None = None
        self._store: Any = None
        if world_size > 1:
            joined = store.add(f"axiom/joined/{rank}", 1)  # as often as each other rank: keys are never used twice
            self._store = PrefixStore(f"axiom/{joined}", store)
            # A connection of its own: another thread may wait in the store's for minutes.
            own = self._store.clone()
            self._heart = threading.Thread(target=self._live, args=(own,), name="axiom-heartbeat", daemon=True)
            self._heart.start()
            threading.Thread(target=self._watch, name="axiom-watch", daemon=True).start()

    def together(self) -> Together:
        """What the ranks share in one collection, begun afresh; it raises RankLostError as :meth:`gather` does."""
        if self._store is None:
            return Alone()
        self._meetings += 1
        own = PrefixStore(f"together/{self._meetings}", self._store)
        return _Shared(own, self)

    def gather(self, own: float) -> list[float]:
        """What each rank has brought, by rank; returns on each once all have brought theirs.

        Raises:
            RankLostError: if a rank shows no life.
        """
        if self._store is None:
            return [own]
        self._meetings += 1
        come, read = (
            [f"{what}/{self._meetings}/{rank}" for rank in range(self.world_size)] for what in ("come", "read")
        )
        with _lost_store(self.rank):
            self._store.set(come[self.rank], repr(own))
            self._wait(come)
            brought = [float(self._store.get(key)) for key in come]
            self._store.set(read[self.rank], "")
            if self.rank == 0:  # it holds the store, which ends with it
                self._wait(read)
        return brought

    def alike(self, read: Callable[[], _Read]) -> _Read:
        """What is read of the run's folder, once it is the same on every rank, by its ``repr``.

        Another machine's listing of a shared folder may be seconds old.

        Raises:
            RankLostError: as :meth:`gather`.
            RoundStoreError: if it stays another.
        """
        if self._store is None:
            return read()
        for wait_s in _OLD_S:
            time.sleep(wait_s)
            found = read()
            if len(set(self.gather(float(zlib.crc32(repr(found).encode()))))) == 1:
                return found
        raise RoundStoreError(
            f"the ranks read different samples, still after {sum(_OLD_S):.0f} s: trainer.default_root_dir must be one "
            "folder that all machines share; the same command goes on from what is stored"
        )

    def close(self, *, failed: bool = False) -> None:
        """Leave the others, who miss this rank no more.

        Args:
            failed: end the others as well.
        """
        self._failed = failed
        self._ended.set()
        if self._store is not None:
            self._heart.join(self._silent_s / _BEATS)

    def _wait(self, keys: Sequence[str]) -> None:
        """Return once all of these are there, one of each rank."""
        look_s, look_who_left_at = _LOOK_S, 0.0
        while not self._store.check(list(keys)):
            self._while_waiting()
            if self._lost is not None:
                raise RankLostError(self._lost)
            if time.monotonic() >= look_who_left_at:  # seldom: all ranks ask one store
                for rank, key in enumerate(keys):
                    if self._store.check([_left(rank)]) and not self._store.check([key]):
                        raise RankLostError(_told(self._store) or _gone(rank, "has ended"))
                look_who_left_at = time.monotonic() + self._silent_s / _BEATS
            time.sleep(look_s)
            look_s = min(1.5 * look_s, _LONGEST_LOOK_S)

    def _live(self, store: Any) -> None:
        """Show life and look for that of the others, until this rank leaves or the run is lost."""
        seen = dict.fromkeys(range(self.world_size), (0, 0))
        try:
            while not self._ended.wait(self._silent_s / _BEATS):
                store.add(_beat(self.rank), 1)
                self._answers += 1
                if self.rank == 0 and (silent := _silent(store, seen)) is not None:
                    store.set("lost", _gone(silent, f"has shown no life for {self._silent_s:.0f} s"))
                if told := _told(store):
                    if self.rank == 0:  # the store ends with it, and the others are to read there why
                        self._ended.wait(2 * self._silent_s / _BEATS)
                    self._lost = told
                    return
            if self._failed:
                store.set("lost", _gone(self.rank, "has failed"))
            else:
                store.set(_left(self.rank), "")
        except RuntimeError as error:  # rank 0 has ended, and with it the store
            self._lost = _without_store(self.rank, str(error))

    def _watch(self) -> None:
        """End this process where the run is lost and it does not end by itself."""
        silent = answers = 0
        # Counted in looks, not by the clock: a process that was stopped for an hour has not waited for an hour.
        while self._lost is None:
            if self._ended.wait(self._silent_s / _BEATS):
                return
            silent, answers = (silent + 1 if self._answers == answers else 0), self._answers
            if silent >= _BEATS:
                self._lost = _without_store(self.rank, f"no answer for {self._silent_s:.0f} s")
        if not self._ended.wait(self._silent_s / 2):
            self._end(self._lost)


def _beat(rank: int) -> str:
    return f"beat/{rank}"


def _left(rank: int) -> str:
    return f"left/{rank}"


def _silent(store: Any, seen: dict[int, tuple[int, int]]) -> int | None:
    """A rank whose heartbeat was the same in as many looks as make the time after which it is lost, or None.

    Args:
        store: with the beats.
        seen: each rank's beats, and in how many looks they have been the same; brought up to date.
    """
    for rank, (before, looks) in seen.items():
        beats = store.add(_beat(rank), 0)
        seen[rank] = (beats, looks + 1 if beats == before else 0)
        if seen[rank][1] >= _BEATS and not store.check([_left(rank)]):
            return rank
    return None


def _told(store: Any) -> str | None:
    """Why the run is lost, where a rank has said so."""
    return store.get("lost").decode() if store.check(["lost"]) else None


def _gone(rank: int, how: str) -> str:
    return f"rank {rank} {how}; the first error above, of that rank, {_GOES_ON}"


def _without_store(rank: int, reason: str) -> str:
    said = reason.partition("\n")[0]
    return (
        f"rank {rank} lost the run's store, which rank 0 holds ({said}); the first error above, of another rank, "
        f"{_GOES_ON}"
    )


def _end_process(reason: str) -> None:
    """End it without asking its threads, which wait for what will never come."""
    sys.stderr.write(f"error: {reason}\n")
    sys.stderr.flush()
    os._exit(2)


def ranks_of(trainer: L.Trainer) -> Ranks:
    """The ranks of a trainer whose process group has begun; a wait heeds SIGTERM."""

    def heed_sigterm() -> None:
        if trainer.received_sigterm:
            raise SIGTERMException

    store = distributed.distributed_c10d._get_default_store() if trainer.world_size > 1 else None
    return Ranks(trainer.global_rank, trainer.world_size, store, while_waiting=heed_sigterm)


def is_of_a_lost_rank(error: BaseException) -> bool:
    """Whether an error is of the ranks' connection, mostly because one is gone; backends tell it in their own ways."""
    return isinstance(error, distributed.DistError) or (isinstance(error, RuntimeError) and "/gloo/" in str(error))


@contextmanager
def _lost_store(rank: int) -> Iterator[None]:
    try:
        yield
    except distributed.DistError as error:
        raise RankLostError(_without_store(rank, str(error))) from error


class _Shared:
    """Counters in the ranks' store, and their meeting."""

    def __init__(self, store: Any, ranks: Ranks) -> None:
        self._store, self._rank = store, ranks.rank
        self.ranks, self.meet = ranks.world_size, ranks.gather

    def begin(self, name: str, value: int) -> None:
        with _lost_store(self._rank):
            self._store.compare_set(name, "", str(value))

    def add(self, name: str, amount: int) -> int:
        with _lost_store(self._rank):
            return int(self._store.add(name, amount))
