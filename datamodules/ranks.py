"""What ranks tell one another beside Lightning's collectives: counters, and waiting without a limit of time.

Sampling and judging take as long as they take: a rank that waits in a collective for one that still samples would run
into the process group's time limit, and one whose partner has died would wait as long. Here a rank waits for the others
as long as they show that they live, and forty seconds for one that does not. All of it goes through the process group's
own store, which ``torchrun``, Slurm and Lightning's launchers all begin.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import lightning as L
import torch.distributed as distributed
from lightning.pytorch.utilities.exceptions import SIGTERMException
from torch.distributed import PrefixStore  # type: ignore[attr-defined]  # (public; its stub does not say so)

from axiom.errors import RankLostError
from axiom.rounds.work import Alone, Together

_SILENT_S = 40.0
_BEATS = 20
_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.1


class Ranks:
    """The ranks of a run; one process alone is a rank, too.

    Every rank calls :meth:`together` and :meth:`gather` as often as the others, in the same order.

    Args:
        rank: this process.
        world_size: how many there are.
        store: of torch's, which all share; not needed by one alone.
        while_waiting: called again and again while this rank waits for others; may raise to end the wait.
        silent_s: after which a rank that shows no life is lost.
    """

    def __init__(
        self,
        rank: int,
        world_size: int,
        store: Any = None,
        *,
        while_waiting: Callable[[], None] = lambda: None,
        silent_s: float = _SILENT_S,
    ) -> None:
        self.rank, self.world_size = rank, world_size
        self._while_waiting, self._silent_s = while_waiting, silent_s
        self._meetings = 0
        self._ended = threading.Event()
        self._store: Any = None
        if world_size > 1:
            joined = store.add(f"axiom/joined/{rank}", 1)  # as often as each other rank: keys are never used twice
            self._store = PrefixStore(f"axiom/{joined}", store)
            threading.Thread(target=self._live, name="axiom-heartbeat", daemon=True).start()

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
            RankLostError: if a rank that is waited for shows no life.
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

    def close(self) -> None:
        """Show no life any more."""
        self._ended.set()

    def _wait(self, keys: Sequence[str]) -> None:
        """Return once all of these are there, one of each rank."""
        seen = {rank: (0, time.monotonic()) for rank in range(self.world_size)}
        look_s, look_for_life_at = _LOOK_S, 0.0
        while not self._store.check(list(keys)):
            if time.monotonic() >= look_for_life_at:  # seldom: all ranks ask one store
                self._look_for_life(keys, seen)
                look_for_life_at = time.monotonic() + self._silent_s / _BEATS
            self._while_waiting()
            time.sleep(look_s)
            look_s = min(1.5 * look_s, _LONGEST_LOOK_S)

    def _look_for_life(self, keys: Sequence[str], seen: dict[int, tuple[int, float]]) -> None:
        """Note the heartbeats of the ranks that are missing, and when each was last another."""
        for rank, key in enumerate(keys):
            if self._store.check([key]):
                continue
            beats = self._store.add(self._beat(rank), 0)
            if beats != seen[rank][0]:
                seen[rank] = beats, time.monotonic()
            elif time.monotonic() - seen[rank][1] > self._silent_s:
                raise RankLostError(
                    f"rank {rank} has shown no life for {self._silent_s:.0f} s; the first error above, of that rank, "
                    "says why; the same command goes on from what is stored"
                )

    def _live(self) -> None:
        while not self._ended.wait(self._silent_s / _BEATS):
            try:
                self._store.add(self._beat(self.rank), 1)
            except RuntimeError:  # rank 0 has ended, and with it the store
                return

    @staticmethod
    def _beat(rank: int) -> str:
        return f"beat/{rank}"


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
        said = str(error).partition("\n")[0]
        raise RankLostError(
            f"rank {rank} lost the run's store, which rank 0 holds ({said}); the first error above, of another rank, "
            "says why; the same command goes on from what is stored"
        ) from error


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
