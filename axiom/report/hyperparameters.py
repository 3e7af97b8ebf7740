"""What TensorBoard's HPARAMS page has of a run: the settings that runs differ in, and what each came to."""

from collections.abc import Mapping, Sequence

SETTINGS = (
    *("model.objective.class_path", "model.learning_rate", "model.learning_rate_decay", "model.kl_coefficient"),
    *("model.base", "model.quantization", "model.lora_rank", "model.lora_alpha", "data.batch_size"),
    *("expert_iteration.rounds", "expert_iteration.epochs_per_round", "expert_iteration.restart_from"),
    *("expert_iteration.average_rounds", "data.train_problems", "data.train_limit", "data.samples"),
    *("data.enough_passing", "data.temperature", "data.max_new_tokens", "data.prompt_style", "data.seed"),
    *("data.selection.prefer", "data.selection.weigh", "data.selection.max_per_problem", "data.selection.replay"),
    *("data.value.learn", "data.runs", "model.kind", "model.trains_adapter", "model.hidden"),
    *("model.reads_confidence", "model.head_learning_rate"),
)
VALUE_RESULTS = ("value/auroc@1.0", "value/calibration_error")


def hyperparameters(settings: Mapping[str, str]) -> dict[str, str | float]:
    """Those of the settings that are there, numbers as numbers, an objective by its name alone.

    Args:
        settings: by dotted name, as :func:`axiom.report.config_file.flattened` gives them.
    """
    found = {name: settings[name] for name in SETTINGS if settings.get(name, "None") != "None"}
    short = {
        name.removesuffix(".class_path"): value.rpartition(".")[2] if name.endswith("path") else value
        for name, value in found.items()
    }
    return {name: _as_number(value) for name, value in short.items()}


def round_results(k: Sequence[int]) -> tuple[str, ...]:
    """Names of the scalars that expert iteration is compared by: at its end, and of the newest round."""
    ends = [f"final/{what}@{budget}" for what in ("test_pass", "test_change", "val_pass") for budget in k]
    return (*ends, *(f"val/pass@{budget}" for budget in k))


def _as_number(value: str) -> str | float:
    try:
        return float(value)
    except ValueError:
        return value
