"""Where a completion ends: end tokens and stop texts, found without decoding everything at every step."""

from collections.abc import Sequence
from typing import Any


class StopTexts:
    """Looks for stop texts in growing completions.

    A text can only be completed by a token that holds its last character, or a part of it: those tokens are listed
    once, and only after one of them is the end of a completion decoded.

    Args:
        tokenizer: a Hugging Face tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._pieces: list[str] | None = None
        self._endings: dict[str, frozenset[int]] = {}

    def ended(self, tokens: Sequence[int], stops: Sequence[str]) -> bool:
        """Whether the newest token completes one of the stop texts."""
        for stop in stops:
            # A token is a character or more, so the text cannot begin before its own length in tokens; a few more
            # keep characters whole that tokens split.
            if tokens[-1] in self._completing(stop[-1]) and stop in self._tokenizer.decode(tokens[-len(stop) - 4 :]):
                return True
        return False

    def _completing(self, character: str) -> frozenset[int]:
        """The tokens that hold a character, or bytes that are none by themselves and may be a part of it."""
        if character not in self._endings:
            if self._pieces is None:
                self._pieces = self._tokenizer.batch_decode([[token] for token in range(len(self._tokenizer))])
            self._endings[character] = frozenset(
                token for token, piece in enumerate(self._pieces) if character in piece or "\ufffd" in piece
            )
        return self._endings[character]


def cut_at_stop(text: str, stop: Sequence[str]) -> str:
    """The text up to and with the first stop text in it."""
    ends = [text.index(word) + len(word) for word in stop if word in text]
    return text[: min(ends)] if ends else text


def end_token_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a completion: the generation config's and the tokenizer's."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    ids = {tokenizer.eos_token_id}
    ids.update(configured if isinstance(configured, list) else [configured])
    return frozenset(token for token in ids if token is not None)
