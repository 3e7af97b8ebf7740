"""TensorBoard's HPARAMS page: the settings that runs differ in, and the scalars that they are compared by.

TensorBoard keeps the first record of a kind that a run's log has, so these are the settings that the run began with.
How many rounds there are, which grows where a run goes on, is among the results: those are scalars, found by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

SETTINGS = (
    *("model.objective.class_path", "model.learning_rate", "model.base", "data.train_problems", "data.samples"),
    *("expert_iteration.epochs_per_round", "expert_iteration.restart_from", "expert_iteration.average_rounds"),
    *("model.learning_rate_decay", "model.kl_coefficient"),
    *("model.quantization", "model.lora_rank", "model.lora_alpha", "data.batch_size", "data.train_limit"),
    *("data.enough_passing", "data.temperature", "data.max_new_tokens", "data.prompt_style", "data.seed"),
    *("data.selection.prefer", "data.selection.weigh", "data.selection.max_per_problem", "data.selection.replay"),
    *("data.search.name", "data.search.samples"),
    *("data.value.learn", "data.runs", "model.kind", "model.trains_adapter", "model.hidden"),
    *("model.reads_confidence", "model.head_learning_rate"),
)
VALUE_RESULTS = ("value/auroc@1.0", "value/calibration_error")
_SHOWN_FIRST = 5
"""TensorBoard shows so many columns until others are ticked."""


def hyperparameters(settings: Mapping[str, str]) -> dict[str, str | float]:
    """Those of the settings that are there, numbers as numbers, an objective by its class's name.

    Args:
        settings: by dotted name, as :func:`axiom.report.config_file.flattened` gives them.
    """
    found: dict[str, str | float] = {}
    for name in SETTINGS:
        value = settings.get(name, "None")
        if name.endswith(".class_path"):
            name, value = name.removesuffix(".class_path"), value.rpartition(".")[2]
        if value != "None":
            found[name] = _as_number(value)
    return found


def round_results(k: Sequence[int]) -> tuple[str, ...]:
    """Names of the scalars that expert iteration is compared by: of its end, and of the newest round."""
    ends = [f"final/{what}@{budget}" for what in ("test_pass", "test_change", "val_pass") for budget in k]
    return (*ends, "final/chosen_round", "final/rounds", *(f"val/pass@{budget}" for budget in k))


def beginning(chosen: Mapping[str, str | float], results: Sequence[str]) -> list[Any]:
    """The records of a run that begins.

    Args:
        chosen: settings.
        results: names of scalars.

    Returns:
        Two of TensorBoard's ``Summary``.
    """
    settings = []
    for number, (name, value) in enumerate(chosen.items()):
        kind = api_pb2.DATA_TYPE_STRING if isinstance(value, str) else api_pb2.DATA_TYPE_FLOAT64
        # What is said to differ comes first in TensorBoard, the rest by name.
        settings.append(api_pb2.HParamInfo(name=name, type=kind, differs=number < _SHOWN_FIRST))
    metrics = [api_pb2.MetricInfo(name=api_pb2.MetricName(tag=name)) for name in results]
    start = plugin_data_pb2.SessionStartInfo()
    for name, value in chosen.items():
        if isinstance(value, str):
            start.hparams[name].string_value = value
        else:
            start.hparams[name].number_value = value
    experiment = api_pb2.Experiment(hparam_infos=settings, metric_infos=metrics)
    return [
        _summary(metadata.EXPERIMENT_TAG, experiment=experiment),
        _summary(metadata.SESSION_START_INFO_TAG, session_start_info=start),
    ]


def end() -> Any:
    """The record of a run that is finished, as one of TensorBoard's ``Summary``."""
    told = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS)
    return _summary(metadata.SESSION_END_INFO_TAG, session_end_info=told)


def _summary(tag: str, **content: Any) -> Any:
    about = metadata.create_summary_metadata(plugin_data_pb2.HParamsPluginData(**content))
    return Summary(value=[Summary.Value(tag=tag, metadata=about, tensor=metadata.NULL_TENSOR)])


def _as_number(value: str) -> str | float:
    try:
        return float(value)
    except ValueError:
        return value
