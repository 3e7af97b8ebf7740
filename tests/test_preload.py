"""Third-party modules that programs may import are loaded once, before the jail closes, and start no threads."""

import contextlib
import os
import re
import sys
from pathlib import Path

import pytest

from axiom.errors import SandboxError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Limits, Problem
from axiom.sandbox.packages import package_files
from axiom.sandbox.protocol import Call, Loaded, Returned
from axiom.verification.judge import Judge, make_sandbox
from axiom.verification.verdict import Outcome
from tests.levels import JAILS, LEVELS
from tests.test_judge_survives import zygotes

MEAN = Problem(
    id="t/mean",
    entry_point="mean",
    statement="Return the mean.",
    tests=(CallTest(args=([1, 2, 6],), expected=3.0),),
    limits=Limits(cpu_s=5.0, wall_s=30.0),
)
PROGRAM = (
    "import numpy as np\ndef mean(values):\n    a = np.array(values, dtype=float)\n"
    "    return float((np.ones((64, 64)) @ np.ones((64, 64)))[0, 0] / 64 * a.mean())\n"
)


def threads(pid: int) -> int:
    """How many a process has; none once it is gone, as a short-lived one may be."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize("level", LEVELS)
def test_a_preloaded_module_is_there_and_starts_no_thread(level: str) -> None:
    with Judge(workers=1, isolation=level, preload=["numpy"]) as judge:
        assert judge.judge(MEAN, PROGRAM).passed
        for shape in ("a.mean()", "np.float32(3)", "np.int64(3)", "np.uint8(3)"):
            assert judge.judge(
                MEAN, f"import numpy as np\ndef mean(x):\n    a = np.array(x)\n    return {shape}\n"
            ).passed
        assert judge.judge(MEAN, "import numpy\ndef mean(x):\n    return numpy.bool_(True)\n").message.endswith(" True")
        jails = zygotes()
        assert bool(jails) is (level != "process")
        alive = [count for pid in jails if (count := threads(pid))]
        assert alive == [1] * len(alive)
        assert bool(alive) is (level != "process")


@pytest.mark.parametrize("level", JAILS)
def test_a_preloaded_module_writes_no_files(level: str) -> None:
    source = "import numpy\ndef mean(values):\n    numpy.zeros(3).tofile('/tmp/axiom-x')\n    return 3.0\n"
    with Judge(workers=1, isolation=level, preload=["numpy"]) as judge:
        assert judge.judge(MEAN, source).outcome is Outcome.runtime_error
    assert not Path("/tmp/axiom-x").exists()


@pytest.mark.parametrize("level", LEVELS)
def test_a_module_that_nobody_has_is_named(level: str) -> None:
    with (
        pytest.raises(SandboxError, match=r"preload: .*'no_such_module'"),
        Judge(isolation=level, preload=["no_such_module"]),
    ):
        pass


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_preloaded_is_not_there(level: str) -> None:
    with Judge(workers=1, isolation=level) as judge:
        verdict = judge.judge(MEAN, PROGRAM)
    assert verdict.outcome is Outcome.runtime_error
    assert "No module named 'numpy'" in verdict.message


@pytest.mark.parametrize("level", JAILS)
@pytest.mark.parametrize(
    ("module", "shown", "imported"),
    [
        ("numpy", {"numpy"}, "numpy.linalg"),
        ("rich", {"markdown_it", "markdown_it_py", "mdurl", "pygments", "Pygments", "rich"}, "rich.markdown"),
        ("yaml", {"_yaml", "yaml", "PyYAML", "pyyaml"}, "yaml"),
    ],
)
def test_of_all_packages_a_jail_shows_those_to_preload_and_what_they_require(
    level: str, module: str, shown: set[str], imported: str
) -> None:
    source = (
        f"import importlib, os, sys\nimportlib.import_module('{imported}')\ndef mean(values):\n"
        "    return [name for path in sys.path if path.endswith('-packages') for name in os.listdir(path)]\n"
    )
    with contextlib.closing(make_sandbox(level, preload=[module])) as sandbox:
        session = sandbox.start(source, entry_point="mean", limits=Limits(cpu_s=5.0, wall_s=30.0))
        assert session.load() == Loaded()
        (reply,) = session.calls([Call([[]])])
        session.close()
    assert isinstance(reply, Returned)
    names = {re.split(r"[.-]", name)[0] for name in reply.value}
    assert module in names
    assert names <= shown


def test_files_of_a_folder_that_distributions_share_are_shown_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    for name, files, requires in (
        (
            "one",
            ["one/__init__.py", "one/inner/data.txt", "shared/a.py", "../../bin/one"],
            ["two (>=1) ; os_name != ''"],
        ),
        ("two", ["two.py", "shared/b.py"], ["three ; extra == 'more'", "not_installed", "one"]),
        ("three", ["three.py", "shared/c.py"], []),
    ):
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        text = "".join(f"Requires-Dist: {required}\n" for required in requires)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{text}")
        (about / "RECORD").write_text("".join(f"{file},,\n" for file in files))
        for file in files:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).touch()
    (site / "alone.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(site)])
    shown = {str(Path(path).relative_to(site)) for path in package_files(("one.inner", "alone", "no_such_module"))}
    assert shown == {"alone.py", "one", "shared/a.py", "shared/b.py", "two.py"}
