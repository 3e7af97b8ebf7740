"""What several tests share."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from axiom.problems.problem import problem_to_json
from axiom.rounds.store import Manifest, RoundFolder, RoundStore
from tests.runs import ANSWERS, ONE
from tests.scripted import Recording
from tests.tiny import save_taught_model, save_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised two-layer model with a byte tokenizer, on disk."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A model that is right one time in three, and its problem's file."""
    folder = tmp_path_factory.mktemp("taught")
    problems = folder / "problems.jsonl"
    problems.write_text(json.dumps(problem_to_json(ONE)) + "\n")
    return save_taught_model(folder / "model", ONE, ANSWERS), problems


@pytest.fixture
def judge() -> Iterator[Recording]:
    """The real judge, which notes what it is given."""
    with Recording(workers=1) as recording:
        yield recording


@pytest.fixture
def folder(tmp_path: Path) -> RoundFolder:
    """A round that was just begun."""
    made = RoundStore(tmp_path).folder(0)
    made.write_manifest(Manifest(round=0, base="m", adapter_hash="h", seed=0))
    return made
