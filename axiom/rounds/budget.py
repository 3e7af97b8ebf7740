"""Which samples are drawn next.

Without an early stop each problem gets its N at once. With one, every problem first gets a fixed number, whatever
passes, and pass@k counts these alone, so that it stays unbiased. What is left of the round's total then goes in chunks
to problems that lack distinct passing programs, wherever a sample is likeliest to add one. The chance that it passes is
predicted from the problem's samples so far in this round and, at half their weight, in the one before; the chance that
what passes is new is the share of its passes whose program was seen once (Good 1953). What is nearly hopeless and what
is solved thus leave their samples to what is in between. A problem gets its next chunk only once all that it had before
is judged: no chunk is drawn in vain, and as long as several problems lack something, the engine never waits for a
verdict.

Ranks claim problems one by one (:mod:`axiom.rounds.work`). What an early stop leaves is one pool for all ranks, from
which each draws for the problems that it claimed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from axiom.learning.selection import trainable_program
from axiom.rounds.store import JudgedSample
from axiom.rounds.work import Work

_CHUNK = 4
_PARTS_OF_WHAT_IS_LEFT = 4
_WEIGHT_OF_EARLIER = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How many samples a round wants.

    Attributes:
        samples: N of each problem; one that is not named gets none. Their sum is the most that the round draws.
        enough_passing: distinct passing programs after which a problem gets no more; None always draws N.
        fixed: with an early stop, samples of each problem that are drawn before it holds: those with the first indices.
        earlier: samples and passes of problems in the round before, for an early stop to predict from.
    """

    samples: Mapping[str, int]
    enough_passing: int | None = None
    fixed: int = 1
    earlier: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def fixed_of(self, problem_id: str) -> int:
        """Samples of a problem that are drawn whatever passes."""
        n = self.samples.get(problem_id, 0)
        return n if self.enough_passing is None else min(n, self.fixed)


class Budget:
    """What is given out, judged and left of a plan, on one rank.

    Args:
        plan: what is wanted.
        problem_ids: of all ranks, in the same order on each; the plan's samples of these are the total.
        stored: rows that are there; they are never given out again, but for those that the judge has failed on.
        work: what ranks share; None for a process alone.
    """

    def __init__(
        self, plan: Plan, problem_ids: Sequence[str], stored: Iterable[JudgedSample], work: Work | None = None
    ) -> None:
        self._plan = plan
        self._work = Work() if work is None else work
        self._order = [problem_id for problem_id in problem_ids if plan.samples.get(problem_id, 0)]
        self._own: list[str] = []
        self._fixed = {problem_id: set(range(plan.fixed_of(problem_id))) for problem_id in self._order}
        self._taken: dict[str, set[int]] = {problem_id: set() for problem_id in self._order}
        self._programs: dict[str, Counter[str]] = {problem_id: Counter() for problem_id in self._order}
        earlier = [plan.earlier.get(problem_id, (0, 0)) for problem_id in self._order]
        self._earlier = tuple(_WEIGHT_OF_EARLIER * sum(pair[part] for pair in earlier) for part in (0, 1))
        self._judged: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()
        self._unjudged: Counter[str] = Counter()
        for row in stored:
            if row.task_id in self._taken and row.outcome != "internal_error":
                self._take(row.task_id, [row.sample_index])
                self._count(row)
        total = sum(plan.samples[problem_id] for problem_id in self._order)
        committed = sum(map(len, self._taken.values())) + sum(map(len, self._fixed.values()))
        self._most = max(total, committed)
        self._missing = [len(self._fixed[name]) for name in self._order]
        self._work.fill(problems=sum(self._missing), pool=max(total - committed, 0))
        self._done_before = self._done(self._order)

    @property
    def finished(self) -> bool:
        """Whether this rank has nothing to draw any more, whatever the verdicts under way."""
        return self.unclaimed == 0

    @property
    def unclaimed(self) -> int:
        """Samples that this rank may still be given."""
        names = self._own_and_open()
        return sum(len(self._fixed[name]) for name in names) + (self._work.pool if self._lacking(names) else 0)

    @property
    def total(self) -> int:
        """Samples that all ranks will have drawn, with an early stop at most."""
        return self._most - (0 if self._lacking(self._own_and_open()) else self._work.pool)

    @property
    def unjudged(self) -> int:
        """Samples that were given out and have no verdict yet."""
        return self._unjudged.total()

    @property
    def problems_done(self) -> int:
        """Problems that want nothing more and wait for nothing: those of this rank, and what was done before."""
        return len(self._done_before | self._done(self._own))

    def next_samples(self) -> Iterator[tuple[str, tuple[int, ...]] | None]:
        """A problem and indices to draw of it, again and again; None while that depends on verdicts or other ranks."""
        while (given := self._claimed() or self._from_pool()) is not None or not self.finished:
            yield given

    def _claimed(self) -> tuple[str, tuple[int, ...]] | None:
        """The fixed samples of the next problem that lacks any."""
        while self._work.is_behind(self.unjudged) and (number := self._work.claim(self._missing)) is not None:
            name = self._order[number]
            self._own.append(name)
            if missing := sorted(self._fixed[name]):
                self._take(name, missing)
                return name, tuple(missing)
            if self._lacking([name]):
                return None  # other ranks get some of these, too
        return None

    def _from_pool(self) -> tuple[str, tuple[int, ...]] | None:
        """Further samples of the problem that is worth most."""
        worthiest, pool = self._worthiest(), self._work.pool
        if worthiest is None or not pool:
            return None
        size = max(_CHUNK, pool // (_PARTS_OF_WHAT_IS_LEFT * len(self._lacking(self._own))))
        indices = self._unused(worthiest, self._work.spend(min(size, pool)))
        self._take(worthiest, indices)
        return (worthiest, tuple(indices)) if indices else None

    def judged(self, row: JudgedSample) -> None:
        """Take note of a verdict."""
        self._work.judged()
        self._count(row)

    def _count(self, row: JudgedSample) -> None:
        self._unjudged[row.task_id] -= 1
        self._judged[row.task_id] += 1
        self._passed[row.task_id] += row.passed
        program = trainable_program(row) if self._plan.enough_passing is not None else None
        if program is not None:
            self._programs[row.task_id][program] += 1

    def _take(self, problem_id: str, indices: Sequence[int]) -> None:
        self._taken[problem_id].update(indices)
        self._fixed[problem_id].difference_update(indices)
        self._unjudged[problem_id] += len(indices)

    def _unused(self, problem_id: str, count: int) -> list[int]:
        taken = self._taken[problem_id]
        return [index for index in range(len(taken) + count) if index not in taken][:count]

    def _done(self, names: Sequence[str]) -> set[str]:
        lacking = set(self._lacking(names)) if self._work.pool else set()
        return {name for name in names if not (self._unjudged[name] or self._fixed[name] or name in lacking)}

    def _own_and_open(self) -> list[str]:
        """This rank's problems, and those that no rank has claimed yet."""
        return [*self._own, *self._order[self._work.claimed :]]

    def _lacking(self, names: Sequence[str]) -> list[str]:
        enough = self._plan.enough_passing
        return [] if enough is None else [name for name in names if len(self._programs[name]) < enough]

    def _worthiest(self) -> str | None:
        """Of this rank's problems that lack programs and have all verdicts, that whose next sample is worth most.

        That is the likeliest to add a program.
        """
        certain = [name for name in self._lacking(self._own) if not self._unjudged[name]]
        seen = {name: self._seen(name) for name in certain}
        # As if each problem had had one sample more, which passed as often as all samples do.
        drawn, passed = (a.total() + b for a, b in zip((self._judged, self._passed), self._earlier, strict=True))
        mean = (passed + 1) / (drawn + 2)

        def worth(name: str) -> tuple[float, float]:
            drawn, passed = seen[name]
            programs = self._programs[name]
            once = sum(count == 1 for count in programs.values())
            is_new = once / programs.total() if programs else 1.0
            return is_new * (passed + mean) / (drawn + 1), -len(self._taken[name]) / self._plan.samples[name]

        return max(certain, key=worth, default=None)

    def _seen(self, name: str) -> tuple[float, float]:
        """A problem's samples and passes, those of the round before at their weight."""
        drawn, passed = self._plan.earlier.get(name, (0, 0))
        weight = _WEIGHT_OF_EARLIER
        return self._judged[name] + weight * drawn, self._passed[name] + weight * passed
