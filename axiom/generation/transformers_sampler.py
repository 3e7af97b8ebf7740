"""Best-of-N in this process, on the policy's own weights, through Transformers' own modules.

The prompts of a round form a queue. G groups of W rows decode together: a group holds one prompt, whose prefix is
computed once; a row that finishes takes the next sample of its prompt, and a group that is through takes the next
prompt, so the batch stays full until the queue is empty. Linear layers see active rows only.

A sample's random numbers come from its own seed (:mod:`axiom.generation.decoding`), never from the batch.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from axiom.errors import ModelError, SamplingError
from axiom.generation.decoding import draw, uniforms
from axiom.generation.sampler import FinishReason, Request, Sample, SamplingParams
from axiom.generation.shared_prefix import IMPLEMENTATION, SharedPrefixState
from axiom.prompts import Prompt


@dataclass(slots=True)
class _Row:
    """One completion under way."""

    index: int
    seed: int
    tokens: list[int] = field(default_factory=list)
    log_prob: float = 0.0


@dataclass(slots=True)
class _Group:
    """One prompt under way: its tokens and the samples not yet begun."""

    request: Request
    prompt: list[int]
    waiting: deque[tuple[int, int]]


class TransformersSampler:
    """Samples on the weights of a Hugging Face causal LM in this process.

    Args:
        rows: completions decoded together (S); more use more memory and are faster up to the processor's limit.
        rows_per_prompt: completions of one prompt decoded together (W).
    """

    name = "transformers"

    def __init__(self, *, rows: int = 96, rows_per_prompt: int = 4) -> None:
        if rows < 1 or rows_per_prompt < 1:
            raise SamplingError(f"rows {rows} and rows_per_prompt {rows_per_prompt} must be 1 or more")
        self.rows, self.rows_per_prompt = rows, rows_per_prompt
        self._model: Any = None
        self._tokenizer: Any = None

    def bind(self, model: Any, tokenizer: Any) -> None:
        """Sample from this model, whose attention implementation is changed for it, with this tokenizer."""
        model.set_attn_implementation(IMPLEMENTATION)
        self._model, self._tokenizer = model.eval(), tokenizer

    @torch.inference_mode()
    def sample(self, requests: Sequence[Request], params: SamplingParams) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish.

        Raises:
            SamplingError: when a prompt and its completion do not fit the model's context.
        """
        if self._model is None:
            raise SamplingError("the sampler has no model; call bind() first")
        queue = deque(
            _Group(request, encode_prompt(self._tokenizer, request.prompt), deque(request.seeds))
            for request in requests
            if request.seeds
        )
        if not queue:
            return
        self._check_lengths(queue, params)
        yield from _Batch(self, queue, params).run()

    def _check_lengths(self, queue: deque[_Group], params: SamplingParams) -> None:
        limit = getattr(self._model.config, "max_position_embeddings", None)
        window = getattr(self._model.config, "sliding_window", None)
        limit = min((bound for bound in (limit, window) if bound), default=None)
        for group in queue:
            if limit is not None and len(group.prompt) + params.max_new_tokens > limit:
                raise SamplingError(
                    f"'{group.request.key}': a prompt of {len(group.prompt)} tokens and {params.max_new_tokens} new "
                    f"ones do not fit the model's context of {limit}; lower max_new_tokens or shorten the problem"
                )


class _Batch:
    """The state of one call of ``sample``."""

    def __init__(self, sampler: TransformersSampler, queue: deque[_Group], params: SamplingParams) -> None:
        self.model, self.tokenizer, self.params = sampler._model, sampler._tokenizer, params
        self.queue = queue
        self.width = min(sampler.rows_per_prompt, max(len(group.waiting) for group in queue))
        count = min(max(sampler.rows // self.width, 1), len(queue))
        self.groups: list[_Group | None] = [None] * count
        self.rows: list[_Row | None] = [None] * (count * self.width)
        self.device = next(self.model.parameters()).device
        self.dtype = next(self.model.parameters()).dtype
        self.prompt_lengths = torch.ones(count, dtype=torch.long, device=self.device)
        self.end_tokens = end_token_ids(self.model, self.tokenizer)
        self.state = SharedPrefixState(
            groups=count,
            width=self.width,
            max_prompt=max(len(group.prompt) for group in queue),
            max_new=params.max_new_tokens,
        )

    def run(self) -> Iterator[Sample]:
        while True:
            self._admit()
            self._compact()
            active = [slot for slot, row in enumerate(self.rows) if row is not None]
            if not active:
                return
            yield from self._step(active)

    def _admit(self) -> None:
        """Fill free groups with the next prompts and free rows with the next samples of theirs."""
        fresh = []
        for index, group in enumerate(self.groups):
            slots = range(index * self.width, (index + 1) * self.width)
            if (group is None or not group.waiting) and all(self.rows[slot] is None for slot in slots):
                group = self.groups[index] = self.queue.popleft() if self.queue else None
                if group is not None:
                    fresh.append(index)
            if group is not None:
                for slot in slots:
                    if self.rows[slot] is None and group.waiting:
                        self.rows[slot] = _Row(*group.waiting.popleft())
        if fresh:
            self._prefill(fresh)

    def _compact(self) -> None:
        """Give up the room of groups that are through, once half of them are and no prompt waits for it."""
        kept = [i for i in range(len(self.groups)) if any(self.rows[i * self.width : (i + 1) * self.width])]
        if self.queue or not kept or len(kept) > len(self.groups) // 2:
            return
        self.rows = [row for i in kept for row in self.rows[i * self.width : (i + 1) * self.width]]
        self.groups = [self.groups[i] for i in kept]
        index = torch.tensor(kept, device=self.device)
        self.prompt_lengths = self.prompt_lengths[index]
        self.state.keep(index)

    def _prefill(self, fresh: list[int]) -> None:
        """Compute the prefixes, all but each prompt's last token, which the first step brings to every row."""
        prompts = []
        for index in fresh:
            group = self.groups[index]
            assert group is not None
            prompts.append(group.prompt[:-1])
            self.prompt_lengths[index] = len(group.prompt) - 1
        longest = max(map(len, prompts))
        if longest == 0:
            return
        ids = torch.zeros(len(fresh), longest, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
        self.state.begin_prefill(torch.tensor(fresh, device=self.device))
        positions = torch.arange(longest, device=self.device).expand(len(fresh), -1)
        self.model.base_model(
            input_ids=ids.to(self.device), position_ids=positions, use_cache=False, shared_prefix=self.state
        )

    def _step(self, active: list[int]) -> Iterator[Sample]:
        pairs = [(slot, row) for slot in active if (row := self.rows[slot]) is not None]
        groups = [self.groups[slot // self.width] for slot in active]
        last = [row.tokens[-1] if row.tokens else g.prompt[-1] for (_, row), g in zip(pairs, groups, strict=True) if g]
        slots = torch.tensor(active, device=self.device)
        columns = torch.tensor([len(row.tokens) for _, row in pairs], device=self.device)
        self.state.begin_step(slots=slots, columns=columns, prompt_lengths=self.prompt_lengths, dtype=self.dtype)
        positions = self.prompt_lengths[slots // self.width] + columns
        logits = self.model(
            input_ids=torch.tensor(last, device=self.device)[:, None],
            position_ids=positions[:, None],
            use_cache=False,
            shared_prefix=self.state,
        ).logits[:, -1]
        seeds = torch.tensor([row.seed for _, row in pairs])
        tokens, log_probs = draw(
            logits,
            uniforms(seeds, columns),
            temperature=self.params.temperature,
            top_k=self.params.top_k,
            top_p=self.params.top_p,
        )
        for (slot, row), token, log_prob in zip(pairs, tokens.tolist(), log_probs.tolist(), strict=True):
            row.tokens.append(token)
            row.log_prob += log_prob
            ended = token in self.end_tokens or self._wrote_stop(slot, row)
            if ended or len(row.tokens) >= self.params.max_new_tokens:
                self.rows[slot] = None
                yield self._finish(slot, row, "stop" if ended else "length")

    def _wrote_stop(self, slot: int, row: _Row) -> bool:
        """Whether the newest token completes one of the prompt's stop texts."""
        group = self.groups[slot // self.width]
        assert group is not None
        for stop in group.request.prompt.stop:
            # A token is a character or more, so the text cannot begin before its own length in tokens; a few more
            # keep characters whole that tokens split.
            tail = self.tokenizer.decode(row.tokens[-len(stop) - 4 :])
            if stop in tail:
                return True
        return False

    def _finish(self, slot: int, row: _Row, reason: FinishReason) -> Sample:
        group = self.groups[slot // self.width]
        assert group is not None
        text = self.tokenizer.decode(row.tokens, skip_special_tokens=True)
        return Sample(
            key=group.request.key,
            index=row.index,
            text=_cut(text, group.request.prompt.stop),
            token_ids=tuple(row.tokens),
            log_prob=row.log_prob,
            finish_reason=reason,
            seed=row.seed,
            sampler=TransformersSampler.name,
        )


def _cut(text: str, stop: Sequence[str]) -> str:
    """The text up to and with the first stop text in it."""
    ends = [text.index(word) + len(word) for word in stop if word in text]
    return text[: min(ends)] if ends else text


def encode_prompt(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Token ids of a prompt up to where the model goes on.

    Raises:
        ModelError: when the tokenizer has no chat template.
    """
    if not tokenizer.chat_template:
        raise ModelError("the tokenizer has no chat template; choose an instruct model or set tokenizer.chat_template")
    turns = [{"role": message.role, "content": message.content} for message in prompt.messages]
    text = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
    return list(tokenizer(text + prompt.opening, add_special_tokens=False)["input_ids"])


def end_token_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a completion: the generation config's and the tokenizer's."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    ids = {tokenizer.eos_token_id}
    ids.update(configured if isinstance(configured, list) else [configured])
    return frozenset(token for token in ids if token is not None)
