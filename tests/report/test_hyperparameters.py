"""TensorBoard's hyperparameters: which settings are told, as which kind, and which results they stand beside."""

from tensorboard.plugins.hparams import plugin_data_pb2

from axiom.report.hyperparameters import SETTINGS, beginning, end, hyperparameters, round_results


def content(summary: object) -> plugin_data_pb2.HParamsPluginData:
    (value,) = summary.value  # type: ignore[attr-defined]
    assert value.metadata.plugin_data.plugin_name == "hparams"
    return plugin_data_pb2.HParamsPluginData.FromString(value.metadata.plugin_data.content)


def test_settings_are_those_that_runs_differ_in_with_numbers_as_numbers() -> None:
    given = {
        "model.objective.class_path": "axiom.learning.objectives.DPO",
        "model.learning_rate": "0.0005",
        "data.enough_passing": "None",
        "data.selection.prefer": "short",
        "trainer.default_root_dir": "/somewhere",
    }
    expected = {"model.objective": "DPO", "model.learning_rate": 0.0005, "data.selection.prefer": "short"}
    assert hyperparameters(given) == expected
    assert hyperparameters({}) == {}
    assert len(set(SETTINGS)) == len(SETTINGS)


def test_a_run_s_records_name_its_settings_and_results_and_its_end() -> None:
    chosen = {"model.objective": "SFT", "b": 1.5, "c": 2.0, "d": 0.0, "e": "x", "f": "y"}
    experiment, start = map(content, beginning(chosen, ("val/pass@1",)))
    told = experiment.experiment
    assert [(info.name, info.type, info.differs) for info in told.hparam_infos[:2]] == [
        ("model.objective", 1, True),
        ("b", 3, True),
    ]
    assert [info.differs for info in told.hparam_infos].count(True) == 5
    assert [info.name.tag for info in told.metric_infos] == ["val/pass@1"]
    values = start.session_start_info.hparams
    assert values["model.objective"].string_value == "SFT"
    assert values["b"].number_value == 1.5
    assert len(values) == len(chosen)
    assert content(end()).session_end_info.status == 1


def test_results_are_the_end_s_and_the_newest_round_s_for_every_k() -> None:
    found = round_results((1, 8))
    assert found[:2] == ("final/test_pass@1", "final/test_pass@8")
    assert {"final/val_pass@1", "final/test_change@8", "final/rounds", "final/chosen_round", "val/pass@8"} <= set(found)
