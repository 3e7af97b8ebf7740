"""``python -m axiom solve`` as a user types it, on a tiny model that is right one time in three."""

from pathlib import Path

import pytest

from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction
from tests.runs import axiom

HOW = ("--quantization", "none", "--prompt-style", "complete", "--temperature", "1.0", "--max-new-tokens", "30")
ASKED = ("Return 1.", "--tests", "one() == 1", "--starter", "def one() -> int:")


def test_the_program_that_passes_the_examples_is_printed_and_why(taught: tuple[Path, Path]) -> None:
    done = axiom("solve", *ASKED, "--model", str(taught[0]), *HOW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "return 1"
    assert "it passes 100% of the public examples" in done.stderr
    assert "candidates behave alike on generated inputs" in done.stderr
    assert "16 candidates" in done.stderr
    assert any(line.startswith("candidate ") for line in done.stderr.splitlines())


def test_a_problem_of_a_file_is_solved_within_a_budget(taught: tuple[Path, Path]) -> None:
    model, problems = taught
    done = axiom("solve", "--file", str(problems), "--model", str(model), *HOW, "--budget", "60")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("def one() -> int:")
    assert "its mean log-probability of a token" in done.stderr


def test_a_beam_of_half_written_programs_follows_a_value_function(taught: tuple[Path, Path], tmp_path: Path) -> None:
    model = taught[0]
    policy = Policy(base=str(model), quantization="none", dtype="float32")
    ValueFunction(policy, trains_adapter=True).save(tmp_path / "value")
    how = ("--search", "value_beam", "--value", str(tmp_path / "value"))
    done = axiom("solve", *ASKED, "--model", str(model), *HOW, *how)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "return 1"
    assert "its value is 0.50" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*ASKED, "--search", "value_beam"), "--search value_beam needs --value FOLDER"),
        ((), "expected a question, or --file"),
        (("x", "--file", "basics/test"), "and not both"),
        (("x",), "expected --tests"),
        (("x", "--tests", "f(1)"), "expected a call and what it returns"),
        (("--file", "basics/test", "--problem", "nothing"), "--problem nothing: basics/test has basics/"),
        (("--file", "basics/test", "--tests", "f(1) == 1"), "belong to a question"),
        ((*ASKED, "--run", "nowhere"), "nowhere is no run"),
        ((*ASKED, "--samples", "0"), "expected 1 or more, got 0"),
    ],
)
def test_a_mistake_gets_one_clear_error(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from axiom.__main__ import main

    try:
        code = main(["solve", *arguments])
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    told = capsys.readouterr().err
    assert code == 2
    assert message in told
    assert "Traceback" not in told
