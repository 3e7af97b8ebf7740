"""Every command of the README is one that the command line understands, its Python runs, and every target and file that
it names is there.
"""

import argparse
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from axiom.__main__ import SUBCOMMANDS, TRAINER_COMMANDS, main
from axiom.rounds.store import RoundStore
from tests.runs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INDENTED = [line[4:] for line in README.replace("\\\n", "").splitlines() if line.startswith("    ")]
BEFORE = re.compile(r"^(?:srun (?:--\S+ )*)?python -m axiom ")
PYTHON = re.findall(r"^    (?:from|import) .*\n(?:(?:    .*)?\n)+", README, re.MULTILINE)
COMMANDS = [BEFORE.sub("", line) for line in INDENTED if BEFORE.match(line)]


class Understood(Exception):
    """Ends a command once its arguments are parsed."""


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_of_the_readme_is_understood(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(text.rstrip("& "), comments=True)
    monkeypatch.chdir(ROOT)
    if words[0] in TRAINER_COMMANDS:
        with pytest.raises(SystemExit) as stop:
            main([*words, *(() if "--help" in words else ("--print_config",))])
        assert stop.value.code in (0, None), capsys.readouterr().err
        return
    parse = argparse.ArgumentParser.parse_args

    def stop_after(self: argparse.ArgumentParser, *given: Any) -> None:
        parse(self, *given)
        raise Understood

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop_after)
    with pytest.raises(Understood):
        main(words)


def test_every_subcommand_is_shown() -> None:
    assert {text.split()[0] for text in COMMANDS} >= set(SUBCOMMANDS) - {"validate"}


def job(folder: Path, srun: str) -> "subprocess.Popen[bytes]":
    """The README's job script under way, with stand-ins for what Slurm has."""
    script = re.search(r"^    #!/bin/bash\n(?:    .*\n)+", README, re.MULTILINE)
    assert script is not None
    (folder / "job.sh").write_text(textwrap.dedent(script[0]))
    for name, text in {"srun": srun, "scontrol": 'echo "$@" > requeued'}.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    found = {"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "42", "SLURM_CPUS_PER_TASK": "16"}
    return subprocess.Popen(["bash", "job.sh"], cwd=folder, env=os.environ | found)


def test_the_job_script_puts_its_job_back_in_the_queue_once_slurm_tells_it_to(tmp_path: Path) -> None:
    until_it_is_back = 'echo "$@" > begun; while [ ! -f requeued ]; do sleep 0.05; done; exit 143'
    with job(tmp_path, until_it_is_back) as running:
        deadline = time.monotonic() + 60
        while not (tmp_path / "begun").is_file():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(signal.SIGUSR1)
        assert running.wait(timeout=60) > 128
    assert (tmp_path / "requeued").read_text() == "requeue 42\n"
    assert (tmp_path / "begun").read_text().startswith("--cpus-per-task=16 python -m axiom fit ")


@pytest.mark.parametrize("code", [0, 2])
def test_the_job_script_ends_with_the_run_s_exit_code(tmp_path: Path, code: int) -> None:
    with job(tmp_path, f"exit {code}") as running:
        assert running.wait(timeout=60) == code
    assert not (tmp_path / "requeued").exists()


def test_every_target_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"^    make (\w[\w -]*?)(?: +#.*)?$", README + contributing, re.MULTILINE)
    assert len(named) > 5
    targets = {target for words in named for target in words.split()}
    assert not {target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)}


def test_every_file_that_is_named_is_there() -> None:
    for text in (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        named = re.findall(r"\b((?:axiom|modules|datamodules|callbacks|configs|tests)/[\w./]*\w)", text)
        assert named
        assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("text", PYTHON, ids=["judge", "pass@k", "Trainer"])
def test_the_python_of_the_readme_runs(text: str, tmp_path: Path, taught: tuple[Path, Path]) -> None:
    """As it stands, but for the model, the problems and the run's folder, which are tiny here."""
    model, problems = taught
    program = textwrap.dedent(text)
    for said, here in {
        "smollm2-135m-instruct": model,
        "basics/train:level-1": problems,
        "basics/validation:level-1": like(problems, tmp_path, "second"),
        "humaneval": "humaneval" if "Judge" in text else like(problems, tmp_path, "third"),
        "runs/mine": tmp_path / "run",
    }.items():
        program = program.replace(f'"{said}"', repr(str(here)))
    assert len(text.strip().splitlines()) < 20
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    if "Judge" in text:
        assert re.match(r"Verdict\(outcome=<Outcome.wrong_answer.*\n100\n$", done.stdout)
    elif "Trainer" in text:
        assert RoundStore(tmp_path / "run").newest() == 2
    else:
        told, metric = done.stdout.splitlines()
        mean = (1 - 13 * 12 * 11 * 10 * 9 * 8 * 7 * 6 / (16 * 15 * 14 * 13 * 12 * 11 * 10 * 9) + 0 + 1) / 3
        assert float(told.strip("(").split(",")[0]) == pytest.approx(mean)
        assert float(metric.partition("(")[2].partition(",")[0]) == pytest.approx(mean, abs=1e-4)


def like(problems: Path, folder: Path, name: str) -> Path:
    """The same problem under another name, to measure on."""
    row = json.loads(problems.read_text(encoding="utf-8"))
    other = {"id": f"t/{name}", "statement": f"Say {name}.", "entry_point": name, "starter": f"def {name}() -> int:"}
    (folder / f"{name}.jsonl").write_text(json.dumps(row | other) + "\n", encoding="utf-8")
    return folder / f"{name}.jsonl"


def test_the_map_names_every_file() -> None:
    folder, named = "", set()
    for line in README.partition("## Map of the code")[2].splitlines():
        if heading := re.match(r"    (\w[\w/]*/) ", line):
            folder = heading[1]
        elif line:
            named |= {folder + name for name in re.split(r"\s{2,}", line.strip())[0].split()}
    rooms = ("axiom", "modules", "datamodules", "callbacks")
    files = {str(file.relative_to(ROOT)) for room in rooms for file in (ROOT / room).rglob("*.py")}
    files = {file for file in files if not file.endswith("__init__.py")}
    inside = tuple(name for name in named if name.endswith("/"))
    assert {file for file in files if not file.startswith(inside)} == {name for name in named if name not in inside}


def test_the_corpus_has_as_many_programs_as_are_told() -> None:
    count = len([*(ROOT / "tests/attacks").glob("hostile/*.py"), *(ROOT / "tests/attacks").glob("right/*.py")])
    assert f"{count} hostile and unusual programs" in README
