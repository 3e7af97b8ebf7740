"""What a call keeps of its prompts for the next one: the same samples, and less to read."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from axiom.generation import block_attention
from axiom.generation.kept_prompts import KeptPrompt, KeptPrompts
from axiom.generation.sampler import Request, SamplingParams
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.prompts import Message, Prompt
from tests.architectures import ARCHITECTURES, WINDOW, tiny
from tests.tiny import byte_tokenizer

WARM = SamplingParams(temperature=1.0, max_new_tokens=9)


def asked(begun: tuple[int, ...], *, text: str = "some ", key: str = "p", goes_on: bool = True) -> Request:
    """Three samples of a prompt that is longer than any window."""
    prompt = Prompt((Message("user", text * 12),))
    return Request(key, prompt, tuple((index, 7 * index + len(begun)) for index in range(3)), begun, goes_on)


class Counted(TransformersSampler):
    """Knows how many tokens of prompts each forward had to read."""

    def __init__(self, model: Any) -> None:
        super().__init__(rows=8)
        self.bind(model, byte_tokenizer())
        self.read: list[int] = []
        model.base_model.register_forward_pre_hook(self._note, with_kwargs=True)

    def _note(self, module: nn.Module, args: tuple[Any, ...], given: dict[str, Any]) -> None:
        ids = args[0] if args else given["input_ids"]
        if ids.shape[1] > 1:
            self.read.append(ids.shape[1])


def step(sampler: TransformersSampler, requests: list[Request]) -> dict[tuple[str, int], tuple[int, ...]]:
    return {(sample.key, sample.index): sample.token_ids for sample in sampler.sample(requests, WARM)}


def bound(kind: str = "llama") -> Counted:
    return Counted(tiny(kind))


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_steps_that_go_on_draw_what_steps_that_read_all_draw(
    kind: str, kernel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kernel:
        monkeypatch.setattr(block_attention, "_library", lambda: None)
    keeping, anew = bound(kind), bound(kind)
    beginnings: list[tuple[int, ...]] = [()]
    for _ in range(4):
        wanted = [asked(begun, key=f"p{number}") for number, begun in enumerate(beginnings)]
        kept = step(keeping, wanted)
        assert kept == step(anew, [replace(one, goes_on=False) for one in wanted])
        # Of different lengths, from the second step on.
        beginnings = [beginnings[0] + kept["p0", 0], beginnings[-1] + kept[wanted[-1].key, 2][:5]]
    assert len(anew.read) == len(keeping.read) == 4
    assert keeping.read[0] == anew.read[0] > 2 * WINDOW
    assert max(keeping.read[1:]) <= 16  # nine tokens that were drawn, filled up to a tile
    assert anew.read == sorted(anew.read)


def test_a_prompt_that_nothing_is_known_of_is_read_whole_beside_one_that_is_known() -> None:
    keeping, anew = bound(), bound()
    first = step(keeping, [asked(())])
    both = [asked(first["p", 1]), asked((), text="other ", key="q")]
    assert step(keeping, both) == step(anew, [replace(one, goes_on=False) for one in both])
    assert keeping.read[1] == anew.read[0]


def test_the_same_prompt_again_reads_nothing() -> None:
    keeping, anew = bound(), bound()
    again = replace(asked(()), seeds=((5, 99),))
    step(keeping, [asked(())])
    assert step(keeping, [again]) == step(anew, [again])
    assert len(keeping.read) == len(anew.read) == 1


def test_nothing_is_kept_beyond_the_next_call_or_under_another_model() -> None:
    sampler = bound()
    step(sampler, [asked(())])
    step(sampler, [asked((), text="other ")])
    step(sampler, [asked(())])
    assert len(sampler.read) == 3
    sampler.bind(sampler._model, sampler._tokenizer)
    step(sampler, [asked(())])
    assert len(sampler.read) == 4


def test_a_request_that_nothing_goes_on_with_leaves_nothing() -> None:
    sampler = bound()
    step(sampler, [asked((), goes_on=False)])
    step(sampler, [asked((), goes_on=False)])
    assert len(sampler.read) == 2


def test_the_longest_beginning_in_common_is_found_and_a_short_one_is_not() -> None:
    kept = KeptPrompts()
    long, longer = tuple(range(30)), (*range(40), 7, 7)
    for tokens in (long, longer):
        kept.add(KeptPrompt(tokens, {0: (torch.zeros(0), torch.zeros(0))}))
    found, count = kept.longest(range(50))
    assert (found and found.tokens, count) == (longer, 40)
    assert kept.longest(range(20))[1] == 20
    assert kept.longest((*range(15), 99, *range(16, 50))) == (None, 0)
    assert kept.longest(()) == (None, 0)
