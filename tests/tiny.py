"""A byte tokenizer and a tiny randomly initialised Llama, for tests that run the real code on small weights."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from axiom.generation.chat_template import encode_prompt
from axiom.problems.problem import Problem
from axiom.prompts import build_prompt

TEMPLATE = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"


def byte_tokenizer() -> Any:
    """One token for each byte, then ``<pad>`` 256 and ``<end>`` 257."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {symbol: index for index, symbol in enumerate(alphabet)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<end>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def spacing_tokenizer() -> Any:
    """One token for each ASCII character and for ``▁def``; ``▁``, a space, is put before a text, as Llama 2 does."""
    pieces = ["<unk>", "<end>", "\n", *map(chr, range(33, 127)), "▁", "▁d", "▁de", "▁def"]
    vocabulary = {piece: index for index, piece in enumerate(pieces)}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[("▁", "d"), ("▁d", "e"), ("▁de", "f")], unk_token="<unk>"))
    core.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    core.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<end>", unk_token="<unk>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def save_tiny_model(folder: Path, *, seed: int = 0) -> Path:
    """Write a two-layer Llama over bytes and its tokenizer as a Hugging Face folder."""
    tokenizer = byte_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_taught_model(folder: Path, problem: Problem, answers: Sequence[str], *, seed: int = 0) -> Path:
    """Write a tiny model that answers one problem, in style ``complete``, with any of these texts equally often.

    So the whole loop can run on it: some of its samples pass, and learning from them makes more of them pass.
    """
    save_tiny_model(folder, seed=seed)
    model, tokenizer = LlamaForCausalLM.from_pretrained(folder), byte_tokenizer()
    prompt = encode_prompt(tokenizer, build_prompt(problem, style="complete"))
    rows = [prompt + tokenizer(answer)["input_ids"] + [tokenizer.eos_token_id] for answer in answers]
    longest = max(map(len, rows))
    ids = torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row in rows])
    labels = ids.clone()
    labels[:, : len(prompt)] = -100
    labels[ids == tokenizer.pad_token_id] = -100
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(150):
        optimizer.zero_grad()
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
    model.save_pretrained(folder)
    return folder
