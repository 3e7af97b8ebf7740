"""TensorBoard's files: values by step, a torn end, the time of each round."""

from pathlib import Path

from axiom.report.event_log import EventLog, Point, RoundTime, merged, read_event_logs, round_times
from tests.report.runs_on_disk import write_scalars


def points(*pairs: tuple[int, float]) -> tuple[Point, ...]:
    return tuple(Point(step, 0.5, wall_s) for step, wall_s in pairs)


def test_scalars_of_all_processes_come_back_by_step_the_last_of_equals(tmp_path: Path) -> None:
    write_scalars(tmp_path, {"val/pass@1": {0: 0.25, 1: 0.5}})
    write_scalars(tmp_path, {"val/pass@1": {1: 0.75, 2: 1.0}, "train/loss": {7: 0.5}})
    found = merged(read_event_logs(tmp_path / "tensorboard"))
    assert [(point.step, point.value) for point in found["val/pass@1"]] == [(0, 0.25), (1, 0.75), (2, 1.0)]
    assert [(point.step, point.value) for point in found["train/loss"]] == [(7, 0.5)]


def test_a_torn_file_gives_what_is_whole_and_an_empty_one_nothing(tmp_path: Path) -> None:
    file = write_scalars(tmp_path, {"val/pass@1": {0: 0.25, 1: 0.5}})
    file.write_bytes(file.read_bytes()[:-9])
    (tmp_path / "tensorboard" / "events.out.tfevents.1").write_bytes(b"")
    (tmp_path / "tensorboard" / "events.out.tfevents.2").write_bytes(b"no event file at all, but some text")
    (log,) = read_event_logs(tmp_path / "tensorboard")
    assert [point.step for point in log.scalars["val/pass@1"]] == [0]
    assert read_event_logs(tmp_path / "nowhere") == ()


def test_a_round_is_collected_up_to_its_report_and_trained_on_from_there() -> None:
    log = EventLog(
        100.0,
        {
            "val/pass@1": points((0, 130.0), (1, 190.0)),
            "val/pass@8": points((0, 130.1), (1, 190.1)),
            "train/loss": points((0, 131.0), (1, 150.0), (2, 195.0)),
        },
    )
    assert round_times([log]) == {0: RoundTime(30.0, 20.0), 1: RoundTime(40.0, 5.0)}


def test_a_run_that_was_stopped_pays_for_no_time_between_its_processes() -> None:
    first = EventLog(100.0, {"val/pass@1": points((0, 110.0)), "train/loss": points((0, 115.0))})
    again = EventLog(900.0, {"val/pass@1": points((0, 903.0)), "train/loss": points((1, 907.0))})
    assert round_times([first, again]) == {0: RoundTime(13.0, 9.0)}


def test_collecting_alone_is_timed_and_an_evaluation_is_not() -> None:
    collected = EventLog(100.0, {"collect/acceptance": points((0, 130.0))})
    evaluated = EventLog(500.0, {"val/pass@1": points((0, 580.0)), "epoch": points((0, 580.0))})
    assert round_times([collected, evaluated]) == {0: RoundTime(30.0, 0.0)}
