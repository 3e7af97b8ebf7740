"""A policy's adapter as a folder with a new name, and its prompts."""

from pathlib import Path
from typing import Any

import pytest
from peft import PeftConfig

from axiom.errors import ModelError, SamplingError
from axiom.generation.chat_template import encode_prompt, prompt_text
from axiom.generation.sampler import Request
from axiom.generation.served_policy import one_by_one, save_adapter
from axiom.policy.policy import Policy
from axiom.prompts import Message, Prompt

PROMPT = Prompt((Message("system", "be brief"), Message("user", "héllo")), opening="def ")


@pytest.fixture
def policy(tiny_model: Path) -> Policy:
    return Policy(base=str(tiny_model), quantization="none", dtype="float32", rank=3)


def test_every_call_gives_a_new_name_and_every_adapter_a_folder_of_its_own(policy: Policy, tmp_path: Path) -> None:
    first, again = save_adapter(policy, tmp_path), save_adapter(policy, tmp_path)
    assert first.name != again.name
    assert policy.adapter_hash() in first.name
    assert first.folder == again.folder == tmp_path / "adapters" / policy.adapter_hash()
    assert (first.rank, first.is_zero) == (3, True)
    assert PeftConfig.from_pretrained(str(first.folder)).r == 3
    policy.load_adapter_state({name: tensor + 1e-6 for name, tensor in policy.adapter_state().items()})
    changed = save_adapter(policy, tmp_path)
    assert not changed.is_zero
    assert sorted(path.name for path in (tmp_path / "adapters").iterdir()) == sorted(
        [first.folder.name, changed.folder.name]
    )


def test_a_writer_that_dies_leaves_no_half_adapter(
    policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(folder: Path) -> None:
        folder.mkdir()
        (folder / "adapter_config.json").write_text("{}")
        raise KeyboardInterrupt

    monkeypatch.setattr(policy, "save_adapter", dies)
    with pytest.raises(KeyboardInterrupt):
        save_adapter(policy, tmp_path)
    assert list((tmp_path / "adapters").iterdir()) == []
    monkeypatch.undo()
    assert save_adapter(policy, tmp_path).rank == 3


def test_a_workspace_that_cannot_be_written_is_told(policy: Policy, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SamplingError, match=r"the adapter cannot be written to .*is the run's folder writable"):
        save_adapter(policy, tmp_path / "file")


def test_a_prompt_is_its_template_and_the_opening_in_text_and_in_tokens(policy: Policy) -> None:
    text = "be brief\nhéllo\ndef "
    assert prompt_text(policy.tokenizer, PROMPT) == text
    assert encode_prompt(policy.tokenizer, PROMPT) == policy.tokenizer(text)["input_ids"]
    policy.tokenizer.chat_template = None
    with pytest.raises(ModelError, match="no chat template"):
        prompt_text(policy.tokenizer, PROMPT)


def test_a_request_is_pulled_when_the_one_before_is_used_up() -> None:
    pulled: list[str] = []

    def pulling() -> Any:
        for key in "ab":
            pulled.append(key)
            yield Request(key, PROMPT, ((0, 5), (3, 6)))

    samples = one_by_one(pulling(), lambda request: request.key.upper())
    assert [(p, r.key, i, s) for p, r, i, s in (next(samples), next(samples))] == [("A", "a", 0, 5), ("A", "a", 3, 6)]
    assert pulled == ["a"]
    assert [(p, r.key, i, s) for p, r, i, s in samples] == [("B", "b", 0, 5), ("B", "b", 3, 6)]
