"""Stop texts in growing completions."""

from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from axiom.generation.stops import StopTexts, cut_at_stop
from tests.tiny import byte_tokenizer


def tokenizer_of(*pieces: str) -> Any:
    """One token for each piece, in this order."""
    core = Tokenizer(models.WordLevel({piece: index for index, piece in enumerate(pieces)}, unk_token=pieces[0]))
    core.pre_tokenizer = pre_tokenizers.Split("\x00", "removed")
    core.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(tokenizer_object=core, eos_token=pieces[-1], clean_up_tokenization_spaces=False)


def first_end(stop_texts: StopTexts, tokens: list[int], stops: tuple[str, ...]) -> int | None:
    """How many tokens had been written when the completion was found to have ended."""
    return next((n for n in range(1, len(tokens) + 1) if stop_texts.ended(tokens[:n], stops)), None)


def test_a_stop_text_across_token_borders_is_found_at_the_token_that_completes_it() -> None:
    stop_texts = StopTexts(tokenizer_of("a`", "``b", "`", "c", "<end>"))
    assert first_end(stop_texts, [3, 0, 1, 3], ("```",)) == 3  # c a` ``b
    assert first_end(stop_texts, [2, 2, 3, 2, 2, 2], ("```",)) == 6
    assert first_end(stop_texts, [2, 2, 3, 3], ("```",)) is None
    assert first_end(stop_texts, [3, 2, 3], ("cc", "`c")) == 3


def test_a_stop_text_inside_one_token_is_found() -> None:
    stop_texts = StopTexts(tokenizer_of("x", "a\n\nb", "<end>"))
    assert first_end(stop_texts, [0, 1, 0], ("\n\n",)) == 2


def test_a_character_that_is_split_over_tokens_ends_a_stop_text() -> None:
    tokenizer = byte_tokenizer()
    tokens = tokenizer("ab é. c")["input_ids"]
    assert first_end(StopTexts(tokenizer), tokens, ("b é",)) == 5  # the second byte of é


def test_a_text_is_cut_behind_the_first_stop_text() -> None:
    assert cut_at_stop("ab```cd--", ("--", "```")) == "ab```"
    assert cut_at_stop("abcd", ("--",)) == "abcd"
