"""What several tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from axiom.rounds.store import Manifest, RoundFolder, RoundStore
from tests.scripted import Recording
from tests.tiny import save_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised two-layer model with a byte tokenizer, on disk."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


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
