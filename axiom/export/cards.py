"""README.md of what is exported, with the front matter that the Hugging Face hub and ``datasets`` read.

No licence is written: it depends on the base, on the problems and on whoever publishes, so its line is left to them.
"""

from collections.abc import Sequence
from pathlib import Path

from axiom import __version__
from axiom.report.comparison import Group
from axiom.report.numbers import RunNumbers
from axiom.report.tables import Table, changes_table, rounds_table
from axiom.rounds.store import Manifest

_LICENCE = (
    "Not stated. Add `license: ...` to the front matter above; the base model's and the problems' licences bind it."
)
_TRAINED_BY = (
    *("model.quantization", "model.dtype", "model.lora_rank", "model.lora_alpha", "model.learning_rate"),
    *("expert_iteration.rounds", "expert_iteration.epochs_per_round", "data.train_problems", "data.samples"),
    *("data.selection.max_per_problem", "data.batch_size"),
)


def adapter_card(run: RunNumbers, index: int) -> str:
    """The card of a round's adapter."""
    manifest = _manifest(run, index)
    precision = run.settings.get("model.quantization", "its own")
    use = (
        f"Trained around `{manifest.base}` at quantization `{precision}`: it means the same only around those weights, "
        "so serve it over the dequantised base, or export the merged model.\n\n"
        "    python -m axiom test --config CONFIG.yaml --model.adapter THIS_FOLDER\n\n"
        "    from peft import PeftModel\n"
        "    model = PeftModel.from_pretrained(base, THIS_FOLDER)"
    )
    front = ["library_name: peft", *_base_line(manifest.base), *_TAGS, "- lora"]
    return _card(front, f"{run.name}: adapter of round {index}", _origin(run, index), {"How to use it": use}, run)


def merged_card(run: RunNumbers, index: int, *, dtype: str, moved: str) -> str:
    """The card of a merged model.

    Args:
        run: the run.
        index: the round.
        dtype: of the weights.
        moved: a sentence on how far it computes from the policy.
    """
    manifest = _manifest(run, index)
    use = (
        f"The dequantised base with the adapter merged in float32, kept as {dtype}. {moved}\n\n"
        "    from transformers import AutoModelForCausalLM, AutoTokenizer\n"
        "    model = AutoModelForCausalLM.from_pretrained(THIS_FOLDER)\n"
        "    tokenizer = AutoTokenizer.from_pretrained(THIS_FOLDER)\n\n"
        f"    vllm serve THIS_FOLDER --dtype {dtype}"
    )
    front = ["library_name: transformers", *_base_line(manifest.base), *_TAGS]
    return _card(front, f"{run.name}: merged model of round {index}", _origin(run, index), {"How to use it": use}, run)


_TAGS = ("pipeline_tag: text-generation", "tags:", "- axiom", "- expert-iteration", "- code")


def dataset_card(run: RunNumbers, *, rounds: Sequence[int], rows: int, problems: int, file: str) -> str:
    """The card of a dataset, by which ``datasets.load_dataset(FOLDER)`` finds its rows.

    Args:
        run: the run.
        rounds: whose samples are in it.
        rows: how many there are.
        problems: that they solve.
        file: of the rows, below the folder.
    """
    front = [
        *("configs:", "- config_name: default", "  data_files:", "  - split: train", f"    path: {file}"),
        *("task_categories:", "- text-generation", "tags:", "- axiom", "- code", "- self-generated"),
    ]
    base = run.manifest.base if run.manifest is not None else "a model"
    origin = (
        f"{rows} programs that solve {problems} train problems, written by `{base}` itself during expert iteration "
        f"(rounds {', '.join(map(str, rounds))}) and passed by every hidden test in a sandbox. Each program stands "
        "once for its problem: two with the same syntax tree are the same. The hidden tests are not in here."
    )
    columns = (
        "| column | what it is |\n| --- | --- |\n"
        "| prompt | chat messages, `role` and `content` |\n"
        "| completion | the assistant's whole answer as one message |\n"
        "| program | the code taken from it |\n| problem_id, difficulty, source | of the problem |\n"
        "| round, sample_index, sampler | where the sample came from; round 0 is the model before training |\n"
        "| tokens | drawn for the answer, after what the prompt began |"
    )
    return _card(front, f"{run.name}: self-solved problems", origin, {"Columns": columns}, run)


def _manifest(run: RunNumbers, index: int) -> Manifest:
    return next(one.manifest for one in run.rounds if one.index == index)


def _base_line(base: str) -> list[str]:
    """``base_model`` where the base is on the hub; a folder, file or short name means nothing there."""
    is_hub_id = base.count("/") == 1 and not Path(base).exists() and not base.startswith((".", "/"))
    return [f"base_model: {base}"] if is_hub_id else []


def _origin(run: RunNumbers, index: int) -> str:
    manifest = _manifest(run, index)
    what = "the model before training" if index == 0 else f"trained on {index} rounds of its own samples"
    return (
        f"`{manifest.base}` after expert iteration: it samples programs, a sandbox judges them against hidden tests, "
        f"and it is fine-tuned on what passes. This is round {index}, {what}."
    )


def _card(front: Sequence[str], title: str, origin: str, sections: dict[str, str], run: RunNumbers) -> str:
    trained = {name: run.settings[name] for name in _TRAINED_BY if name in run.settings}
    if run.manifest is not None:
        trained |= {f"sampling.{name}": str(value) for name, value in run.manifest.sampling.items()}
    versions = {"axiom": __version__} | (dict(run.manifest.versions) if run.manifest is not None else {})
    sections = sections | {
        "pass@k by round": _markdown(rounds_table(run)),
        "Change": _markdown(changes_table(Group(run.name, (run,)))),
        "How it was made": "\n".join(f"- {name}: `{value}`" for name, value in trained.items()),
        "Versions": "\n".join(f"- {name}: {value}" for name, value in versions.items()),
        "Licence": _LICENCE,
    }
    body = "\n\n".join(f"## {name}\n\n{words}" for name, words in sections.items() if words)
    return "---\n" + "\n".join(front) + f"\n---\n\n# {title}\n\n{origin}\n\n{body}\n"


def _markdown(table: Table) -> str:
    if not table.rows:
        return ""
    lines = [table.columns, ("---",) * len(table.columns), *table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{table.note}"
