"""Several ranks share one collection: each sample is drawn once, nobody waits for ever, and a dead rank is noticed."""

import itertools
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
import torch.distributed as distributed
from hypothesis import given
from hypothesis import strategies as st

from axiom.errors import RankLostError, RoundStoreError
from axiom.rounds.budget import Budget, Plan
from axiom.rounds.store import RoundFolder
from axiom.rounds.work import Alone, Together, Work
from datamodules import ranks as ranks_module
from datamodules.collector import share_of_cores
from datamodules.ranks import Ranks, _Shared
from tests.scripted import Recording, Scripted, keys, problem, returning, run
from tests.test_store import row


@given(
    wanted=st.lists(st.integers(0, 12), min_size=1, max_size=6),
    ranks=st.integers(1, 4),
    enough=st.none() | st.integers(1, 3),
    fixed=st.integers(1, 4),
    data=st.data(),
)
def test_ranks_draw_each_sample_once_and_together_no_more_than_planned(
    wanted: list[int], ranks: int, enough: int | None, fixed: int, data: st.DataObject
) -> None:
    plan = Plan({str(name): n for name, n in enumerate(wanted)}, enough_passing=enough, fixed=fixed)
    stored = [row(name, index) for name, n in plan.samples.items() for index in range(n) if data.draw(st.booleans())]
    shared = Alone()
    shared.ranks = ranks
    budgets = [Budget(plan, list(plan.samples), stored, Work(shared)) for _ in range(ranks)]
    drawn = [made.key for made in stored]
    while open_ones := [budget for budget in budgets if not budget.finished]:
        budget = data.draw(st.sampled_from(open_ones))
        for found in budget.next_samples():
            if found is None:
                break  # it waits for another rank
            name, indices = found
            drawn += [(name, index) for index in indices]
            for index in indices:
                budget.judged(row(name, index, passed=data.draw(st.booleans()), solution=f"x = {index}"))
            if data.draw(st.booleans()):
                break  # the engine has no room for more; another rank is next
    assert len(drawn) == len(set(drawn)) <= sum(wanted)
    assert {(name, index) for name in plan.samples for index in range(plan.fixed_of(name))} <= set(drawn)
    if enough is None:
        assert len(drawn) == sum(wanted)
    assert all(budget.unclaimed == 0 for budget in budgets)


def test_a_pool_gives_no_more_than_it_has_whoever_asks_meanwhile() -> None:
    class Racing(Alone):
        """Another rank spends between this one's look and its taking."""

        other = 0

        def add(self, name: str, amount: int) -> int:
            if name == "pool" and amount < 0 and not self.other:
                self.other = 3
                self.other = Work(self).spend(3)
            return super().add(name, amount)

    shared = Racing()
    work = Work(shared)
    work.fill(problems=0, pool=5)
    work.fill(problems=7, pool=99)
    assert (work.spend(4), shared.other, work.pool) == (2, 3, 0)
    assert work.spend(1) == 0
    assert work.pool == 0


def test_an_engine_with_room_for_everything_leaves_the_other_ranks_their_share() -> None:
    plan, shared = Plan(dict.fromkeys("abcde", 4)), Alone()
    shared.ranks = 2
    first, second = (Budget(plan, list("abcde"), [], Work(shared)) for _ in range(2))
    assert [given and given[0] for given in itertools.islice(first.next_samples(), 4)] == ["a", "b", "c", None]
    assert [given and given[0] for given in second.next_samples()] == ["d", "e"]
    assert list(first.next_samples()) == []


def test_a_rank_whose_samples_are_judged_first_takes_the_next_problem() -> None:
    plan, shared = Plan(dict.fromkeys("abcdef", 2)), Alone()
    shared.ranks = 2
    first, second = (Budget(plan, list("abcdef"), [], Work(shared)) for _ in range(2))
    drawing = second.next_samples()
    assert [next(first.next_samples()), next(drawing)] == [("a", (0, 1)), ("b", (0, 1))]
    for name in "bcdef":
        for index in range(2):
            second.judged(row(name, index))
        assert (second.problems_done, second.unclaimed > 0) == ("abcdef".index(name), name != "f")
        assert next(drawing, None) == (None if name == "f" else (chr(ord(name) + 1), (0, 1)))
    assert first.unclaimed == 0


def in_threads(world_size: int, do: Callable[[Ranks], object], *, silent_s: float = 30.0) -> list[object]:
    """What ``do`` returns on each of so many ranks that share a store."""
    store = distributed.HashStore()  # type: ignore[attr-defined]

    def one(rank: int) -> object:
        ranks = Ranks(rank, world_size, store, silent_s=silent_s)
        try:
            return do(ranks)
        finally:
            ranks.close()

    with ThreadPoolExecutor(world_size) as pool:
        return list(pool.map(one, range(world_size)))


def test_every_rank_learns_what_each_has_brought_also_the_second_time() -> None:
    def twice(ranks: Ranks) -> object:
        return ranks.gather(float(ranks.rank)), ranks.gather(ranks.rank + 0.5)

    assert in_threads(3, twice) == [([0.0, 1.0, 2.0], [0.5, 1.5, 2.5])] * 3
    assert Ranks(0, 1).gather(7.0) == [7.0]


def test_what_one_machine_sees_late_is_read_again_until_all_have_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_on(old: int) -> Callable[[Ranks], object]:
        def read(ranks: Ranks) -> object:
            listing = itertools.chain([["old"]] * (old if ranks.rank == 1 else 0), itertools.repeat(["new"]))
            return ranks.alike(lambda: next(listing))

        return read

    monkeypatch.setattr(ranks_module, "_OLD_S", (0.0, 0.01, 0.01))
    assert in_threads(3, read_on(2)) == [["new"]] * 3
    with pytest.raises(RoundStoreError, match="the ranks read different samples"):
        in_threads(3, read_on(3))
    assert Ranks(0, 1).alike(lambda: 7) == 7


def test_counters_are_fresh_in_each_collection_and_begin_once() -> None:
    def count(ranks: Ranks) -> object:
        found = []
        for _ in range(2):
            together = ranks.together()
            together.begin("pool", 100)
            together.meet(0.0)
            together.begin("pool", 7)
            together.add("pool", 1)
            together.meet(0.0)
            found.append(together.add("pool", 0))
        return found

    assert in_threads(3, count) == [[103, 103]] * 3


def _rank(rank: int, port: int, folder: Path, waits: str) -> None:
    """A process of three: it waits for all of them, and then for rank 1's sake or rank 0's for ever."""
    sys.stderr = (folder / f"{rank}.err").open("w", buffering=1)
    store = distributed.TCPStore("127.0.0.1", port, 3, is_master=rank == 0)  # type: ignore[attr-defined]
    distributed.init_process_group("gloo", store=store, rank=rank, world_size=3)
    ranks = Ranks(rank, 3, store, silent_s=2.0)
    try:
        ranks.gather(0.0)
        (folder / f"{rank}.met").touch()
        if rank == 1:
            while not (folder / "fail").exists():
                time.sleep(0.02)
            ranks.close(failed=True)
            time.sleep(60)
        if waits == "together":
            ranks.gather(0.0)
        distributed.all_reduce(torch.zeros(1))
    except RankLostError as error:
        sys.stderr.write(f"raised: {error}\n")
        ranks.close()
        os._exit(2)


@pytest.mark.parametrize(
    ("gone", "how", "waits", "told"),
    [
        (1, "stops", "together", "raised: rank 1 has shown no life for 2 s; the first error above, of that rank"),
        (1, "stops", "in a collective", "error: rank 1 has shown no life for 2 s; the first error above, of that rank"),
        (1, "fails", "together", "raised: rank 1 has failed; the first error above, of that rank"),
        (1, "fails", "in a collective", "error: rank 1 has failed; the first error above, of that rank"),
        (0, "stops", "together", "lost the run's store, which rank 0 holds (no answer for 2 s)"),
        (0, "stops", "in a collective", "lost the run's store, which rank 0 holds (no answer for 2 s)"),
    ],
)
def test_a_rank_that_is_gone_ends_the_others_wherever_they_wait(
    tmp_path: Path, gone: int, how: str, waits: str, told: str
) -> None:
    """A stopped process is as silent as a machine whose cable was cut: its connections stay open."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_rank, args=(rank, port, tmp_path, waits)) for rank in range(3)]
    for process in processes:
        process.start()
    try:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("*.met"))) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        if how == "fails":
            (tmp_path / "fail").touch()
        else:
            os.kill(processes[gone].pid or 0, signal.SIGSTOP)
        for rank in {0, 1, 2} - {gone} - ({1} if gone == 0 else set()):
            processes[rank].join(60)
            assert processes[rank].exitcode == 2
            assert told in (tmp_path / f"{rank}.err").read_text()
    finally:
        for process in processes:
            process.kill()
            process.join()


def test_a_rank_that_works_on_is_waited_for() -> None:
    begun = threading.Event()

    def work(ranks: Ranks) -> object:
        if ranks.rank == 1:
            assert begun.wait(60)
            time.sleep(2.0)  # three times as long as one without life
        begun.set()
        return ranks.gather(0.0)

    assert in_threads(2, work, silent_s=0.7) == [[0.0, 0.0]] * 2


def test_a_rank_that_has_left_is_not_missed_until_it_is_waited_for() -> None:
    left = threading.Event()

    def work(ranks: Ranks) -> object:
        if ranks.rank == 1:
            ranks.close()
            left.set()
            return True
        assert left.wait(60)
        time.sleep(1.5)
        assert ranks._lost is None
        with pytest.raises(RankLostError, match="rank 1 has ended"):
            ranks.gather(0.0)
        return True

    assert in_threads(2, work, silent_s=0.5) == [True, True]


def test_a_wait_can_be_ended_from_within() -> None:
    store, looked = distributed.HashStore(), []  # type: ignore[attr-defined]

    def twice() -> None:
        looked.append(1)
        if len(looked) == 2:
            raise KeyboardInterrupt

    ranks = Ranks(0, 2, store, while_waiting=twice)
    with pytest.raises(KeyboardInterrupt):
        ranks.gather(0.0)
    ranks.close()


def test_a_lost_store_is_told_as_a_lost_rank() -> None:
    class Gone:
        def set(self, *given: object) -> None:
            raise distributed.DistNetworkError("Connection reset by peer")

        add = compare_set = set

    ranks = Ranks(1, 2, distributed.HashStore())  # type: ignore[attr-defined]
    ranks._store = Gone()
    told = "rank 1 lost the run's store, which rank 0 holds"
    with pytest.raises(RankLostError, match=told):
        ranks.gather(0.0)
    shared = _Shared(Gone(), ranks)
    for use in (lambda: shared.add("pool", 1), lambda: shared.begin("pool", 1)):
        with pytest.raises(RankLostError, match=told):
            use()
    ranks.close()


@pytest.mark.parametrize(
    ("where", "node", "share"),
    [
        (lambda rank: range(8), lambda rank: 0, 2),  # as torchrun begins them
        (lambda rank: range(2 * rank, 2 * rank + 2), lambda rank: 0, 2),  # as srun may bind them
        (lambda rank: range(8), lambda rank: rank // 2, 4),
        (lambda rank: range(2), lambda rank: 0, 1),
    ],
)
def test_ranks_divide_the_cores_that_they_may_all_run_on(
    where: Callable[[int], range], node: Callable[[int], int], share: int
) -> None:
    found = in_threads(4, lambda ranks: share_of_cores(ranks, where(ranks.rank), node=node(ranks.rank)))
    assert found == [share] * 4


def test_a_rank_takes_what_another_is_too_busy_for(folder: RoundFolder, judge: Recording) -> None:
    problems = [problem(f"t/{number}") for number in range(6)]
    slow, started = threading.Event(), threading.Event()

    def collected(ranks: Ranks) -> object:
        engine = Scripted(lambda key, index: returning(index))
        if ranks.rank == 0:

            def wait(drawn: int) -> None:
                started.set()
                assert slow.wait(60)

            engine.before_draw = wait
        else:
            assert started.wait(60)
        together = Until(ranks.together(), slow, when=ranks.rank == 1)
        samples = {one.id: 2 for one in problems}
        done = run(folder, engine, judge, samples, problems=problems, rank=ranks.rank, together=together)
        return len(engine.drawn), done.done, done.total, done.passed, done.problems_done

    assert in_threads(2, collected) == [(2, 12, 12, 6, 6), (10, 12, 12, 6, 6)]
    assert keys(folder) == [(one.id, index) for one in problems for index in range(2)]


class Until:
    """A rank's part in a collection that lets another go on once this one has nothing left to draw."""

    def __init__(self, together: Together, event: threading.Event, *, when: bool) -> None:
        self._together, self._event, self._when = together, event, when
        self.ranks, self.begin, self.add = together.ranks, together.begin, together.add

    def meet(self, own: float) -> list[float]:
        if self._when:
            self._event.set()
        return self._together.meet(own)
