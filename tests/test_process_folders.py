"""A program's folder at the level ``process``: whatever it makes there is gone afterwards, at no cost to the judge."""

import os
import tempfile
from pathlib import Path

import pytest

from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.process import remove
from axiom.verification.judge import Judge

ONE = Problem(
    id="t/folders",
    entry_point="f",
    statement="Return 1.",
    tests=(CallTest(args=(), expected=1),),
    limits=Limits(cpu_s=5.0, wall_s=30.0),
)
MAKES = {
    "folders nested deep": "for _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n",
    "a path that is too long": "for _ in range(50):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n",
    "folders that nobody may enter": "os.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\n"
    "os.chmod('a', 0)\nos.chmod('.', 0)\n",
    "no folder any more": "os.rmdir(os.getcwd())\n",
    "links": "os.mkdir('a')\nos.symlink('/', 'a/root')\nos.symlink('a', 'b')\nos.symlink('c', 'c')\n",
}


@pytest.mark.parametrize("name", MAKES)
def test_a_program_leaves_neither_folder_nor_descriptor(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Judge(workers=1, isolation="process") as judge:
        before = os.listdir("/proc/self/fd")
        for _ in range(2):
            assert judge.judge(ONE, f"import os\n{MAKES[name]}def f():\n    return 1\n").passed
        assert len(os.listdir("/proc/self/fd")) <= len(before)
    assert not list(tmp_path.iterdir())


def test_what_a_link_leads_to_stays(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o500)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(kept)
    remove(str(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert kept.stat().st_mode & 0o777 == 0o500
