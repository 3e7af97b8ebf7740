"""A completion's tokens after its prompt, whatever the tokenizer puts before a text that begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.generation.chat_template import encode_completion, encode_prompt
from axiom.prompts import Message, Prompt
from tests.tiny import byte_tokenizer, spacing_tokenizer

ASKED = Prompt((Message("user", "Say it."),), opening="x:")


@pytest.mark.parametrize("drawn", [["d", "e", "f"], ["\n", "▁def"], ["▁def", "▁", "a"], ["▁", "\n", "a"], ["▁", "a"]])
def test_drawn_tokens_come_back_from_a_text_though_its_decoder_takes_a_space_off(drawn: list[str]) -> None:
    tokenizer = spacing_tokenizer()
    ids = tokenizer.convert_tokens_to_ids(drawn)
    assert encode_completion(tokenizer, ASKED, tokenizer.decode(ids), drawn=ids) == ids


def test_a_text_whose_tokens_nobody_told_gets_no_space_that_it_does_not_begin_with() -> None:
    tokenizer = spacing_tokenizer()
    assert tokenizer.tokenize("def") == ["▁def"]
    for text, pieces in (("def", ["d", "e", "f"]), (" def", ["▁def"]), ("\na", ["\n", "a"])):
        assert tokenizer.convert_ids_to_tokens(encode_completion(tokenizer, ASKED, text)) == pieces


def test_a_text_that_joins_the_prompt_s_last_token_is_encoded_by_itself() -> None:
    tokenizer = spacing_tokenizer()
    asked = Prompt(ASKED.messages, opening="x d")
    assert tokenizer.convert_ids_to_tokens(encode_prompt(tokenizer, asked))[-1] == "▁d"
    assert tokenizer.convert_ids_to_tokens(encode_completion(tokenizer, asked, "ef")) == ["▁", "e", "f"]


@given(text=st.text(max_size=20), drawn=st.lists(st.integers(0, 255), max_size=3))
def test_bytes_are_the_same_tokens_anywhere(text: str, drawn: list[int]) -> None:
    tokenizer = byte_tokenizer()
    assert encode_completion(tokenizer, ASKED, text, drawn=drawn) == tokenizer(text)["input_ids"]
