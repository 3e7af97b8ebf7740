"""The dataset of self-solved problems: read by ``datasets``, each program once, no hidden test in it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from axiom.__main__ import main
from axiom.problems.sources import load_problems, problem_set_hash
from axiom.prompts import build_prompt
from axiom.report.contents import problems_of
from axiom.report.numbers import read_run
from tests.export.solved_run import PROBLEMS, SECRET, write_solved_run
from tests.report.runs_on_disk import write_evaluation
from tests.runs import ROOT


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_solved_run(tmp_path)


def lines(folder: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (folder / "data/train.jsonl").read_text().splitlines()]


def test_datasets_reads_the_folder_by_its_card(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--dataset"]) == 0
    assert "3 programs of 2 problems" in capsys.readouterr().out
    loaded = datasets.load_dataset(str(tmp_path / "out"))
    assert list(loaded) == ["train"]
    assert loaded["train"].to_list() == lines(tmp_path / "out")
    as_lines = datasets.load_dataset("json", data_files=str(tmp_path / "out/data/train.jsonl"))
    assert as_lines["train"].to_list() == lines(tmp_path / "out")


def test_each_program_of_a_problem_stands_once_with_the_prompt_that_the_model_read(run: Path, tmp_path: Path) -> None:
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--dataset"]) == 0
    rows = lines(tmp_path / "out")
    assert [(row["problem_id"], row["round"], row["sample_index"], row["tokens"]) for row in rows] == [
        ("t/one", 1, 0, 7),  # shorter than the same of round 0
        ("t/one", 1, 1, 11),
        ("t/two", 1, 0, 5),
    ]
    prompt = build_prompt(PROBLEMS[0], style="complete")
    assert rows[0]["prompt"] == [{"role": "user", "content": prompt.messages[0].content}]
    assert rows[0]["completion"] == [{"role": "assistant", "content": f"{prompt.opening}\n    return 'one'\n```"}]
    assert rows[0]["program"] == "return 'one'"
    assert (rows[0]["difficulty"], rows[0]["source"], rows[0]["sampler"]) == ("easy", "test", "transformers")


def test_a_round_and_a_cap_choose_less(run: Path, tmp_path: Path) -> None:
    assert main(["export", str(run), "--to", str(tmp_path / "zero"), "--dataset", "--round", "0"]) == 0
    assert [(row["problem_id"], row["round"]) for row in lines(tmp_path / "zero")] == [("t/one", 0)]
    assert main(["export", str(run), "--to", str(tmp_path / "cap"), "--dataset", "--max-per-problem", "1"]) == 0
    assert [(row["problem_id"], row["tokens"]) for row in lines(tmp_path / "cap")] == [("t/one", 7), ("t/two", 5)]


def test_no_hidden_test_and_no_reference_leaves_the_run(run: Path, tmp_path: Path) -> None:
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--dataset"]) == 0
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert {file.name for file in files} == {"README.md", "train.jsonl", "train.parquet"}
    assert not any(SECRET.encode() in file.read_bytes() for file in files)
    with pytest.raises(SystemExit) as stop:
        main(["export", str(run), "--to", str(tmp_path / "more"), "--dataset", "--tests"])
    assert stop.value.code == 2


def test_without_pyarrow_the_card_names_the_json_lines(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--dataset"]) == 0
    assert not (tmp_path / "out/data/train.parquet").exists()
    front = yaml.safe_load((tmp_path / "out/README.md").read_text().split("---\n")[1])
    assert front["configs"][0]["data_files"] == [{"split": "train", "path": "data/train.jsonl"}]
    assert "license" not in front


def test_what_cannot_be_exported_is_refused_and_leaves_nothing(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*more: str, of: Path = run) -> str:
        assert main(["export", str(of), "--to", str(tmp_path / "out"), "--dataset", *more]) == 2
        assert not (tmp_path / "out").exists()
        return capsys.readouterr().err

    assert "has other train problems than" in refused("--problems", "basics/train")
    assert "--round 7: " in refused("--round", "7")
    assert "has rounds 0 to 1" in refused("--round", "7")
    assert "--max-per-problem: expected 1 or more" in refused("--max-per-problem", "0")
    assert "--dtype belongs to --merge" in refused("--dtype", "float32")
    assert "--quantization belongs to --merge" in refused("--quantization", "nf4")
    old = write_solved_run(tmp_path / "old", version=1)
    assert "sampled with prompts of version 1, and this axiom writes version" in refused(of=old)
    (run / "tensorboard/config.yaml").unlink()
    assert "name them by --problems" in refused()
    for file in run.glob("rounds/*/train-*.jsonl"):
        file.unlink()
    problems = str(tmp_path / "problems.jsonl")
    assert "none of 0 train samples" in refused("--problems", problems)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]


def test_the_problems_may_have_moved_or_grown(run: Path, tmp_path: Path) -> None:
    (run / "tensorboard/config.yaml").unlink()
    moved = (tmp_path / "problems.jsonl").rename(tmp_path / "moved.jsonl")
    extra = json.loads(moved.read_text().splitlines()[0]) | {"id": "t/unseen"}
    moved.write_text(moved.read_text() + json.dumps(extra) + "\n")
    assert main(["export", str(run), "--to", str(tmp_path / "out"), "--dataset", "--problems", str(moved)]) == 0
    assert len(lines(tmp_path / "out")) == 3


def test_a_limit_of_the_run_holds_for_its_problems(run: Path, tmp_path: Path) -> None:
    config = run / "tensorboard/config.yaml"
    config.write_text(config.read_text().replace("train_limit: null", "train_limit: 2"))
    limited = load_problems(str(tmp_path / "problems.jsonl"), limit=2)
    for file in run.glob("rounds/*/manifest.json"):
        manifest = json.loads(file.read_text())
        file.write_text(json.dumps(manifest | {"problems": {"train": problem_set_hash(limited)}}))
    assert list(problems_of(read_run(run), "train")) == [problem.id for problem in limited]


def test_a_destination_with_anything_in_it_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.tex").write_text("years of work")
    for target in (full, full / "thesis.tex"):
        assert main(["export", str(run), "--to", str(target), "--dataset"]) == 2
        assert "is not empty; name a new folder, or empty this one" in capsys.readouterr().err
    assert main(["export", str(run), "--to", str(full / "thesis.tex" / "below"), "--dataset"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert (full / "thesis.tex").read_text() == "years of work"
    (tmp_path / "empty").mkdir()
    assert main(["export", str(run), "--to", str(tmp_path / "empty"), "--dataset"]) == 0
    assert main(["export", str(tmp_path / "empty"), "--to", str(tmp_path / "out"), "--dataset"]) == 2
    assert "is no run" in capsys.readouterr().err
    write_evaluation(tmp_path / "tested", "asked", "hash", {"a": (8, 1)})
    assert main(["export", str(tmp_path / "tested"), "--to", str(tmp_path / "out"), "--dataset"]) == 2
    assert "has evaluations alone" in capsys.readouterr().err


def test_a_dataset_and_an_adapter_are_exported_without_torch(run: Path, tmp_path: Path) -> None:
    adapter = run / "rounds/001/adapter"
    adapter.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (adapter / name).write_text("{}")
    probe = (
        "import sys; from axiom.__main__ import main; run, to = sys.argv[1:]; "
        "code = main(['export', run, '--to', to + '/d', '--dataset']) or main(['export', run, '--to', to + '/a']); "
        "heavy = {'torch', 'transformers', 'peft', 'lightning'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    command = [sys.executable, "-c", probe, str(run), str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/a/adapter_config.json").is_file()
