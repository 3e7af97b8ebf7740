"""What several tests share."""

from pathlib import Path

import pytest

from tests.tiny import save_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised two-layer model with a byte tokenizer, on disk."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))
