"""A prompt as text and as token ids, through the model's own chat template: one for all engines and for training."""

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
