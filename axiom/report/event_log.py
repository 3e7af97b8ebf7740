"""TensorBoard's event files of a run: scalars by name, and how long each round took.

Each file is one process's. A run that was stopped has several, and the time between them is nobody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

_REPORTS = ("val/pass@", "collect/acceptance")
_WORK = ("train/", "collect/")


@dataclass(frozen=True, slots=True)
class Point:
    """A scalar as it was logged.

    Attributes:
        step: the round, or the optimizer step of what training logs.
        value: of the scalar.
        wall_s: seconds since the epoch.
    """

    step: int
    value: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class EventLog:
    """What one process logged.

    Attributes:
        began_s: when its file was begun, in seconds since the epoch.
        scalars: by name, in the order of logging.
    """

    began_s: float
    scalars: Mapping[str, tuple[Point, ...]]


@dataclass(frozen=True, slots=True)
class RoundTime:
    """Seconds that a round took, on the clock, in all processes that worked on it.

    Attributes:
        collecting_s: from the last step of the round before, or the process's start, to the round's report: loading,
            sampling and judging its train and validation problems.
        training_s: from the report to the last optimizer step on the round's Examples.
    """

    collecting_s: float = 0.0
    training_s: float = 0.0


def read_event_logs(folder: Path) -> tuple[EventLog, ...]:
    """The event files in a folder, oldest first; a torn end is dropped, and so is what is no event file."""
    files = sorted(folder.glob("*tfevents*"))
    logs = [_read(file) for file in files]
    return tuple(sorted((log for log in logs if log is not None), key=lambda log: log.began_s))


def _read(file: Path) -> EventLog | None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(file), size_guidance={"scalars": 0, "tensors": 1}, purge_orphaned_data=False)
    found.Reload()
    try:
        began_s = float(found.FirstEventTimestamp())
    except ValueError:  # nothing whole is in it
        return None
    names = found.Tags()["scalars"]
    return EventLog(
        began_s, {name: tuple(Point(e.step, e.value, e.wall_time) for e in found.Scalars(name)) for name in names}
    )


def merged(logs: Sequence[EventLog]) -> dict[str, tuple[Point, ...]]:
    """The scalars of all processes; a step that was logged again has its last value."""
    by_name: dict[str, dict[int, Point]] = {}
    for log in logs:
        for name, points in log.scalars.items():
            by_name.setdefault(name, {}).update({point.step: point for point in points})
    return {name: tuple(points[step] for step in sorted(points)) for name, points in by_name.items()}


def round_times(logs: Sequence[EventLog]) -> dict[int, RoundTime]:
    """The time of each round that was reported; what a process did before it was killed without a word is in none.

    Files of ``validate`` and ``test``, which neither collect nor train, are left out.
    """
    times: dict[int, RoundTime] = {}
    for log in logs:
        if any(name.startswith(_WORK) for name in log.scalars):
            for index, spent in _spent(log):
                before = times.get(index, RoundTime())
                times[index] = RoundTime(before.collecting_s + spent.collecting_s, before.training_s + spent.training_s)
    return times


def _spent(log: EventLog) -> list[tuple[int, RoundTime]]:
    reports = _reports(log)
    steps_s = [point.wall_s for point in log.scalars.get("train/loss", ())]
    spent, since_s = [], log.began_s
    for report, following in zip_longest(reports, reports[1:]):
        until_s = following.wall_s if following is not None else float("inf")
        trained_s = max((wall_s for wall_s in steps_s if report.wall_s <= wall_s < until_s), default=report.wall_s)
        spent.append((report.step, RoundTime(report.wall_s - since_s, trained_s - report.wall_s)))
        since_s = trained_s
    return spent


def _reports(log: EventLog) -> tuple[Point, ...]:
    for start in _REPORTS:
        for name in sorted(log.scalars):
            if name.startswith(start):
                return log.scalars[name]
    return ()
