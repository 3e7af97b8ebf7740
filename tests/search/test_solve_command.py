"""``python -m axiom solve`` as a user types it, on a tiny model that is right one time in three."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from axiom.__main__ import main
from axiom.policy.policy import Policy
from axiom.policy.value_function import ValueFunction
from axiom.problems.problem import problem_to_json
from axiom.search import command
from axiom.search.question import problem_asked
from axiom.search.solutions import Solutions
from tests.generation.completions_server import Behaviour, CompletionsServer
from tests.policy.test_tree_attention import noisy_policy
from tests.runs import ONE, axiom

HOW = ("--quantization", "none", "--prompt-style", "complete", "--temperature", "1.0", "--max-new-tokens", "30")
SERVER = ("--engine", "openai", "--base-url", "http://u", "--served-model", "m")
ASKED = ("Return 1.", "--tests", "one() == 1", "--starter", "def one() -> int:")


def test_the_program_that_passes_the_examples_is_printed_and_why(taught: tuple[Path, Path]) -> None:
    done = axiom("solve", *ASKED, "--model", str(taught[0]), *HOW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "return 1"
    assert "it passes 100% of the public examples" in done.stderr
    assert "candidates behave alike on generated inputs" in done.stderr
    assert "16 candidates" in done.stderr
    assert any(line.startswith("candidate ") for line in done.stderr.splitlines())


def test_a_program_that_fails_an_example_is_printed_and_is_no_success(taught: tuple[Path, Path]) -> None:
    wrong = ("Return 1.", "--tests", "one() == 1", "--tests", "one() == 7", "--starter", "def one() -> int:")
    done = axiom("solve", *wrong, "--model", str(taught[0]), *HOW)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].strip() == "return 1"
    assert "it passes 50% of the public examples" in done.stderr
    assert "no candidate passes all of the public examples" in done.stderr


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


def test_every_problem_of_a_file_is_solved_once_and_verify_reads_what_comes_of_it(
    taught: tuple[Path, Path], tmp_path: Path
) -> None:
    problems, solved = tmp_path / "problems.jsonl", tmp_path / "out" / "solved.jsonl"
    again = replace(ONE, id="t/again", examples=ONE.tests)
    problems.write_text("".join(json.dumps(problem_to_json(one)) + "\n" for one in (ONE, again)))
    command = ("solve", "--file", str(problems), "--model", str(taught[0]), *HOW, "--to", str(solved))
    done = axiom(*command)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert f"{ONE.id}: candidate " in done.stderr
    rows = [json.loads(line) for line in solved.read_text().splitlines()]
    assert [row["task_id"] for row in rows] == [ONE.id, "t/again"]
    assert (rows[1]["examples"], rows[1]["candidates"]) == (1.0, 16)
    solved.write_text(json.dumps(rows[0] | {"value": 9}) + "\n" + json.dumps(rows[1])[:20])
    done = axiom(*command)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in solved.read_text().splitlines()] == [rows[0] | {"value": 9}, rows[1]]
    assert f"{ONE.id}: candidate " not in done.stderr
    done = axiom("verify", str(problems), str(solved), "--quiet")
    assert done.returncode == 0, done.stderr
    verdicts = [json.loads(line) for line in (tmp_path / "out" / "solved.verdicts.jsonl").read_text().splitlines()]
    assert verdicts[1]["passed"]


@pytest.mark.parametrize("search", ["best_of_n", "consensus", "repair"])
def test_a_server_draws_for_a_search_and_only_the_tokenizer_is_loaded_here(
    taught: tuple[Path, Path], search: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**settings: object) -> None:
        raise AssertionError("the weights were loaded")

    monkeypatch.setattr(command, "Policy", refused)
    with CompletionsServer(taught[0], Behaviour()) as server:
        where = ("--engine", "openai", "--base-url", server.url, "--served-model", "tiny")
        assert main(["solve", *ASKED, "--model", str(taught[0]), *HOW[2:], *where, "--search", search]) == 0
        assert len(server.bodies) >= 8
        assert {body["model"] for body in server.bodies} == {"tiny"}
    told = capsys.readouterr()
    assert told.out.splitlines()[-1].strip() == "return 1"
    assert "it passes 100% of the public examples" in told.err


def test_a_run_s_adapter_is_loaded_into_a_server_of_vllm_s(
    taught: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = noisy_policy(taught[0])
    policy.save_adapter(tmp_path / "adapter")
    with CompletionsServer(taught[0], Behaviour()) as server:
        where = ("--engine", "openai", "--base-url", server.url, "--served-model", "tiny")
        more = ("--adapter", str(tmp_path / "adapter"))
        assert main(["solve", *ASKED, "--model", str(taught[0]), *HOW, *where, *more]) in (0, 1)
        assert [path for path, _ in server.posts] == ["load_lora_adapter", "unload_lora_adapter"]
        assert "tiny" not in {body["model"] for body in server.bodies}


def test_a_file_of_solutions_with_other_line_ends_is_gone_on_with_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "solved.jsonl"
    whole = b'{"task_id": "a", "solution": "x\\n"}\r\n\r\n{"task_id": "b", "solution": "y\\n"}\r\n'
    file.write_bytes(whole + b'{"task_id": "c')
    asked = [replace(problem_asked("Return 1.", ["f() == 1"]), id=name) for name in "abc"]
    assert [one.id for one in Solutions(file).missing(asked)] == ["c"]
    assert file.read_bytes() == whole


@pytest.mark.parametrize("text", ["not to be lost\n", "not to be lost", '{"task_id": "a"}\nnot to be lost'])
def test_a_file_of_something_else_is_not_written_to(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "mine.txt"
    other.write_text(text)
    assert main(["solve", "--file", "basics/test", "--to", str(other)]) == 2
    assert "is no file of solutions that can be gone on with" in capsys.readouterr().err
    assert other.read_text() == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*ASKED, "--engine", "openai"), "expected --base-url and --served-model of the server"),
        ((*ASKED, *SERVER, "--base-url", "http://[::1"), "base_url 'http://[::1': expected an address such as http"),
        ((*ASKED, *SERVER, "--base-url", "localhost:1"), "base_url 'localhost:1': expected an address such as http"),
        ((*ASKED, "--temperature", "nan"), "temperature nan: expected 0 (greedy) or more"),
        (
            (*ASKED, *SERVER, "--server", "openai", "--adapter", "a"),
            "--server openai: only vllm loads an adapter",
        ),
        (("x", "--tests", "f(1) == 1", "--to", "a.jsonl"), "--to belongs to --file"),
        ((*ASKED, "--search", "value_beam"), "--search value_beam needs --value FOLDER"),
        ((*ASKED, "--base-url", "http://localhost:1/v1"), "--base-url belongs to --engine openai"),
        ((*ASKED, "--server", "vllm"), "--server belongs to --engine openai"),
        ((*ASKED, "--round", "1"), "--round belongs to --run"),
        ((*ASKED, "--problem", "x"), "--problem belongs to --file"),
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
    try:
        code = main(["solve", *arguments])
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    told = capsys.readouterr().err
    assert code == 2
    assert message in told
    assert "Traceback" not in told


def test_a_sandbox_that_is_not_to_be_had_is_told_before_a_model_is_looked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["solve", *ASKED, "--model", "/nowhere.gguf", "--isolation", "vm"]) == 2
    assert capsys.readouterr().err.startswith(
        "error: isolation 'vm': expected one of auto, namespaces, docker, process"
    )
