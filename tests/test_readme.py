"""Every command of the README is one that the command line understands, and every target one that make has."""

import argparse
import os
import re
import shlex
import signal
import subprocess
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from axiom.__main__ import SUBCOMMANDS, TRAINER_COMMANDS, main
from tests.runs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
INDENTED = [line[4:] for line in README.replace("\\\n", "").splitlines() if line.startswith("    ")]
BEFORE = re.compile(r"^(?:srun )?python -m axiom ")
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
    found = {"PATH": f"{folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "42"}
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
    assert (tmp_path / "begun").read_text().startswith("python -m axiom fit ")


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
