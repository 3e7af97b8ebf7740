"""What a run shows in TensorBoard beside scalars, read back from its event files."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightning as L
import pytest
from lightning.pytorch.loggers import CSVLogger
from PIL import Image
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from axiom.errors import ConfigError
from axiom.pass_at_k import mean_pass_at_k
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import problem_to_json
from axiom.report.layout import round_layout
from axiom.rounds.store import RoundStore, counts_by_problem
from axiom.verification.verdict import Outcome
from callbacks.tensorboard_page import TensorBoardPage
from tests.runs import ONE, axiom, events, layout, never_logged, settings

HARD = replace(ONE, id="t/hard", tests=(CallTest(args=(), expected=1), CallTest(args=(), expected=9)))


def fit(run: Path, model: Path, problems: Path, *more: str, rounds: int = 1) -> None:
    asked = ("--expert_iteration.rounds", str(rounds), "--expert_iteration.epochs_per_round", "4", *more)
    done = axiom("fit", *settings(run, model, problems, *asked))
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, taught: tuple[Path, Path]) -> Path:
    """A run of one round that went on to a second, on a problem that is solved and one that never is."""
    folder = tmp_path_factory.mktemp("page")
    problems = folder / "problems.jsonl"
    problems.write_text("".join(json.dumps(problem_to_json(problem)) + "\n" for problem in (ONE, HARD)))
    for rounds in (1, 2):
        fit(folder / "run", taught[0], problems, "--data.value.learn", "true", rounds=rounds)
    return folder / "run"


def texts(run: Path, name: str) -> dict[int, str]:
    told = events(run).Tensors(f"samples/{name}/text_summary")
    return {event.step: event.tensor_proto.string_val[0].decode() for event in told}


def test_every_curve_that_the_layout_names_is_logged(run: Path) -> None:
    scalars = events(run)
    logged = scalars.Tags()["scalars"]
    assert never_logged(run) == []
    charts = {chart.title: chart for category in layout(run).category for chart in category.chart}
    assert sum(len(chart.multiline.tag) for chart in charts.values()) >= 14
    (together,) = charts["pass@k on validation"].multiline.tag
    assert [name for name in logged if re.match(together, name)] == ["val/pass@1", "val/pass@8"]
    (stacked,) = charts["outcomes of train samples, shares"].multiline.tag
    assert {name for name in logged if re.match(stacked, name)} == {f"outcomes/{one.value}" for one in Outcome}
    with_interval = charts["pass@8 on validation, 95% interval over problems"].margin.series[0]
    for step in range(3):
        low, value, high = (
            {event.step: event.value for event in scalars.Scalars(name)}[step]
            for name in (with_interval.lower, with_interval.value, with_interval.upper)
        )
        assert 0 <= low <= value <= high <= 1
        assert low < high  # one problem is solved, the other is not


def test_charts_of_what_is_never_logged_are_left_out() -> None:
    bare = round_layout((1,), tells_kl=False, learns_value=False, searches=False)
    assert "Value" not in bare
    assert set(bare["Training"]) == {"loss", "learning rate"}
    assert not any("search" in title for title in bare["Rounds: what was sampled"])
    assert len(bare["Rounds: validation"]) == 2


def test_outcomes_are_shares_in_every_round(run: Path) -> None:
    scalars = events(run)
    for step in range(2):
        shares = {
            outcome: {event.step: event.value for event in scalars.Scalars(f"outcomes/{outcome.value}")}[step]
            for outcome in Outcome
        }
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares[Outcome.forbidden] == 0.0
    assert [event.value for event in scalars.Scalars("collect/solved")][-1] == pytest.approx(0.5)


def test_pictures_grow_by_a_row_with_each_round(run: Path) -> None:
    scalars = events(run)
    for name, rows in {"solve_rates/train": 2, "solve_rates/validation": 3, "outcomes/by_round": 2}.items():
        shown = {event.step: event for event in scalars.Images(name)}
        assert set(shown) == {0, 1, 2}
        first, last = (Image.open(io.BytesIO(shown[step].encoded_image_string)) for step in (0, 2))
        assert last.format == "PNG"
        assert last.size == (shown[2].width, shown[2].height)
        assert last.height == first.height + 30 * (rows - 1)


def test_samples_are_told_with_statement_program_verdict_and_failing_call(run: Path) -> None:
    best, near = texts(run, "best"), texts(run, "near_misses")
    assert set(best) == set(near) == {0, 1}
    rows = RoundStore(run).folder(0).read("train")
    passed = sum(row.passed for row in rows if row.task_id == "t/one")
    assert f"### t/one\n\n{passed} of 12 samples passed, solved for the first time\n\nReturn 1\\." in best[0]
    assert '    def one() -> int:\n        """Return 1."""\n        return 1\n' in best[0]
    assert "t/hard" not in best[0]
    assert "for the first time" not in best[1]
    # One of its two tests is passed by what returns 1; the other is the call that fails.
    assert near[0].startswith("### t/hard")
    assert "**wrong\\_answer**, 1 of 2 tests passed\n\n    test 1: returned 1\n    one()\n    expected: 9" in near[0]


def test_hyperparameters_stand_beside_the_final_pass_at_k(run: Path) -> None:
    scalars = events(run)
    tags = ("experiment", "session_start_info", "session_end_info")
    experiment, start, end = (
        HParamsPluginData.FromString(scalars.SummaryMetadata(f"_hparams_/{tag}").plugin_data.content) for tag in tags
    )
    chosen = start.session_start_info.hparams
    assert chosen["model.objective"].string_value == "SFT"
    assert chosen["model.learning_rate"].number_value == 0.01
    assert {info.name for info in experiment.experiment.hparam_infos} == set(chosen)
    results = [info.name.tag for info in experiment.experiment.metric_infos]
    assert set(results) <= set(scalars.Tags()["scalars"])
    assert "hp_metric" not in scalars.Tags()["scalars"]
    assert end.session_end_info.status == 1
    last = {name: scalars.Scalars(name)[-1] for name in results}
    assert {event.step for event in last.values()} == {2}
    assert last["final/rounds"].value == 2
    best = int(last["final/chosen_round"].value)
    store = RoundStore(run)
    for k in (1, 8):
        for result, purpose in (("val", "validation"), ("test", "test")):
            counts = list(counts_by_problem(store.folder(best).read(purpose)).values())  # type: ignore[arg-type]
            assert last[f"final/{result}_pass@{k}"].value == pytest.approx(mean_pass_at_k(counts, k))
        before = mean_pass_at_k(list(counts_by_problem(store.folder(0).read("test")).values()), k)
        gained = last[f"final/test_pass@{k}"].value - before
        assert last[f"final/test_change@{k}"].value == pytest.approx(gained, abs=1e-6)


def test_a_run_that_goes_on_logs_the_same_of_a_round_again(run: Path) -> None:
    told = [event for event in events(run).Tensors("samples/best/text_summary") if event.step == 0]
    assert len({event.tensor_proto.string_val[0] for event in told}) == 1
    shown = [event for event in events(run).Scalars("val_low/pass@1") if event.step == 1]
    assert len({event.value for event in shown}) == 1


def test_an_evaluation_in_the_run_s_folder_leaves_its_curves_as_they_are(
    run: Path, taught: tuple[Path, Path], tmp_path: Path
) -> None:
    copied = tmp_path / "run"
    shutil.copytree(run, copied)
    done = axiom("validate", *settings(copied, *taught))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("validation pass@1: ")
    after, before = (
        [(event.step, event.value) for event in events(folder).Scalars("val/pass@1")] for folder in (copied, run)
    )
    assert after == before
    assert "validate/pass@1" in events(copied).Tags()["scalars"]


def test_another_logger_gets_the_scalars_and_none_gets_nothing(taught: tuple[Path, Path], tmp_path: Path) -> None:
    kind = "lightning.pytorch.loggers.CSVLogger"
    fit(tmp_path, *taught, "--trainer.logger", kind, "--trainer.logger.save_dir", str(tmp_path / "csv"))
    (table,) = (tmp_path / "csv").rglob("metrics.csv")
    assert {"val/pass@1", "final/test_pass@1", "outcomes/passed"} <= set(table.read_text().splitlines()[0].split(","))
    assert not list(tmp_path.rglob("*tfevents*"))


@pytest.mark.parametrize("logger", [False, CSVLogger])
def test_without_tensorboard_the_page_looks_at_nothing(logger: Any, tmp_path: Path) -> None:
    trainer = L.Trainer(accelerator="cpu", logger=logger and logger(tmp_path), default_root_dir=tmp_path)
    nothing: Any = None
    page = TensorBoardPage()
    page.on_fit_start(trainer, nothing)
    page.on_round_reported(trainer, nothing)
    page.on_fit_end(trainer, nothing)
    with pytest.raises(ConfigError, match=r"tensorboard\.samples: expected 0 or more, got -1"):
        TensorBoardPage(samples=-1)
