"""Which samples are drawn next.

Without an early stop each problem gets its N at once. With one, every problem first gets a fixed number, whatever
passes, and pass@k counts these alone, so that it stays unbiased. What is left of the round's total then goes in chunks
to problems that lack distinct passing programs, wherever a sample is likeliest to add one. The chance that it passes is
predicted from the problem's samples so far in this round and, at half their weight, in the one before; the chance that
what passes is new is the share of its passes whose program was seen once (Good 1953). What is nearly hopeless and what
is solved thus leave their samples to what is in between. A problem gets its next chunk only once all that it had before
is judged: no chunk is drawn in vain, and as long as several problems lack something, the engine never waits for a
verdict.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from axiom.learning.selection import trainable_program
from axiom.rounds.store import JudgedSample

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
    """What is given out, judged and left of a plan.

    Args:
        plan: what is wanted.
        problem_ids: this rank's problems; the plan's samples of these are the total.
        stored: rows that are there; they are never given out again.
    """

    def __init__(self, plan: Plan, problem_ids: Sequence[str], stored: Iterable[JudgedSample]) -> None:
        self._plan = plan
        self._order = [problem_id for problem_id in problem_ids if plan.samples.get(problem_id, 0)]
        self._fixed = {problem_id: set(range(plan.fixed_of(problem_id))) for problem_id in self._order}
        self._taken: dict[str, set[int]] = {problem_id: set() for problem_id in self._order}
        self._programs: dict[str, Counter[str]] = {problem_id: Counter() for problem_id in self._order}
        earlier = [plan.earlier.get(problem_id, (0, 0)) for problem_id in self._order]
        self._earlier = tuple(_WEIGHT_OF_EARLIER * sum(pair[part] for pair in earlier) for part in (0, 1))
        self._judged: Counter[str] = Counter()
        self._passed: Counter[str] = Counter()
        self._unjudged: Counter[str] = Counter()
        self._open = sum(plan.samples[problem_id] for problem_id in self._order)
        for row in stored:
            if row.task_id in self._taken:
                self._take(row.task_id, [row.sample_index])
                self.judged(row)

    @property
    def finished(self) -> bool:
        """Whether nothing is to be drawn any more, whatever the verdicts under way."""
        return self.unclaimed == 0

    @property
    def unclaimed(self) -> int:
        """Samples that may still be given out."""
        return self._open if self._lacking() else sum(map(len, self._fixed.values()))

    @property
    def unjudged(self) -> int:
        """Samples that were given out and have no verdict yet."""
        return self._unjudged.total()

    @property
    def problems_done(self) -> int:
        """Problems that want nothing more and wait for nothing."""
        lacking = set(self._lacking()) if self._open else set()
        return sum(
            not (self._unjudged[problem_id] or self._fixed[problem_id] or problem_id in lacking)
            for problem_id in self._order
        )

    def next_samples(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """A problem and indices to draw of it, again and again; ends where the next depends on verdicts to come."""
        for problem_id in self._order:
            missing = sorted(self._fixed[problem_id])
            if missing:
                self._take(problem_id, missing)
                yield problem_id, tuple(missing)
        while (worthiest := self._worthiest()) is not None:
            size = max(_CHUNK, self._open // (_PARTS_OF_WHAT_IS_LEFT * len(self._lacking())))
            indices = self._unused(worthiest, min(size, self._open))
            self._take(worthiest, indices)
            yield worthiest, tuple(indices)

    def judged(self, row: JudgedSample) -> None:
        """Take note of a verdict."""
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
        self._open = max(self._open - len(indices), 0)

    def _unused(self, problem_id: str, count: int) -> list[int]:
        taken = self._taken[problem_id]
        return [index for index in range(len(taken) + count) if index not in taken][:count]

    def _lacking(self) -> list[str]:
        enough = self._plan.enough_passing
        return [] if enough is None else [name for name in self._order if len(self._programs[name]) < enough]

    def _worthiest(self) -> str | None:
        """Of the problems that lack programs and have all verdicts, that whose next sample is likeliest to add one."""
        certain = [name for name in self._lacking() if not self._unjudged[name]] if self._open else []
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
