"""A prompt and its answer as token ids, through the model's own chat template: one for all engines and for training."""

from collections.abc import Collection, Sequence
from typing import Any

from axiom.errors import ModelError
from axiom.prompts import Prompt


def prompt_text(tokenizer: Any, prompt: Prompt) -> str:
    """The text that the model reads, up to where it goes on; its special tokens are in it already.

    Raises:
        ModelError: when the tokenizer has no chat template.
    """
    if not tokenizer.chat_template:
        raise ModelError("the tokenizer has no chat template; choose an instruct model or set tokenizer.chat_template")
    turns = [{"role": message.role, "content": message.content} for message in prompt.messages]
    text = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    return f"{text}{prompt.opening}"


def encode_prompt(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Token ids of :func:`prompt_text`."""
    return list(tokenizer(prompt_text(tokenizer, prompt), add_special_tokens=False)["input_ids"])


def encode_completion(tokenizer: Any, prompt: Prompt, text: str, *, drawn: Sequence[int] = ()) -> list[int]:
    """Token ids of a completion's text where it stands, after its prompt; without an end token.

    SentencePiece puts a space before any text that begins (Llama 2, Mistral 0.1), as a completion does not: it is
    encoded in one text with its prompt, where the prompt's tokens stay what they are. The same tokenizers decode
    without the space that a text begins with: where that was drawn, the text by itself is what gets it back.

    Args:
        tokenizer: the policy's.
        prompt: what is answered.
        text: of the completion.
        drawn: its tokens, where the engine told them.
    """
    alone: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    before = encode_prompt(tokenizer, prompt)
    both: list[int] = tokenizer(prompt_text(tokenizer, prompt) + text, add_special_tokens=False)["input_ids"]
    began_alike = bool(drawn) and alone[:1] == [drawn[0]]
    return alone if began_alike or both[: len(before)] != before else both[len(before) :]


def turn_end(tokenizer: Any, end_tokens: Collection[int]) -> int:
    """The end token that the chat template puts after an answer; the tokenizer's where it puts none there.

    Args:
        tokenizer: with a chat template.
        end_tokens: of the model: the tokenizer's, and others. Gemma ends a turn with one of these.
    """
    answer = "answer"
    turns = [{"role": "user", "content": "question"}, {"role": "assistant", "content": answer}]
    rest = tokenizer.apply_chat_template(turns, tokenize=False).rpartition(answer)[2]
    ids = tokenizer(rest, add_special_tokens=False)["input_ids"]
    found: int = next((token for token in ids if token in end_tokens), tokenizer.eos_token_id)
    return found
