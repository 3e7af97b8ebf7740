"""Continuous batching: as many completions under way as there is room for, until nothing waits.

A group is a prompt under way and up to W rows that answer it; its keys and values are computed once. A row that ends
makes room for the next sample of a prompt under way, and where none has any left, for the next prompt. Linear layers
see nothing but rows under way.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from typing import Any

import torch

from axiom.generation.decoding import draw, uniforms
from axiom.generation.kept_prompts import KeptPrompts
from axiom.generation.key_value_pool import KeyValuePool
from axiom.generation.sampler import FinishReason, Request, Sample, SamplingParams
from axiom.generation.stops import StopTexts, cut_at_stop, end_token_ids

_GROUPS_PER_FULL_BATCH = 2
_TOKENS_PER_PREFILL = 4096
_TOKENS_PER_PREFILL_ON_CUDA = 16384
# oneDNN makes and keeps a kernel for each number of rows: with all numbers up to 128 those of thirteen products no
# longer fit its cache, and making one takes as long as many runs of it. Its tiles have sixteen rows in any case.
_ROWS_OF_A_TILE = 16


@dataclass(slots=True)
class Group:
    """One prompt under way: its tokens, what ends its completions, and the samples not yet begun."""

    request: Request
    prompt: list[int]
    stops: tuple[str, ...]
    max_new_tokens: int
    waiting: deque[tuple[int, int]]
    rows: int = 0


@dataclass(slots=True)
class _Row:
    """One completion under way."""

    group: Group
    index: int
    seed: int
    tokens: list[int] = field(default_factory=list)
    log_probs: list[float] = field(default_factory=list)


class Queue:
    """Prompts that wait; what was begun and could not be finished comes first.

    Args:
        requests: pulled from one at a time, when there is room; None where there is none at the moment.
        make: tokens and stop texts of a request.

    Attributes:
        most: prompts that there can be; None where that is not known.
    """

    def __init__(self, requests: Iterable[Request | None], make: Callable[[Request], Group]) -> None:
        self.most = len(requests) if isinstance(requests, Sized) else None
        self._requests, self._make = iter(requests), make
        self._first: deque[Group] = deque()
        self._pulled_all = False

    def __bool__(self) -> bool:
        return bool(self._first) or self._pull()

    def _pull(self) -> bool:
        """Have one more prompt wait; False where there is none at the moment, or none any more."""
        for request in self._requests:
            if request is None:
                return False
            if request.seeds:
                self._first.append(self._make(request))
                return True
        self._pulled_all = True
        return False

    def width(self, rows: int) -> int:
        """Rows of a prompt at a time with which the prompts that fill so many rows, which are pulled, have groups."""
        while sum(len(group.waiting) for group in self._first) < rows and self._pull():
            pass
        widest = max(len(group.waiting) for group in self._first)
        return max(min(widest, rows * _GROUPS_PER_FULL_BATCH // len(self._first)), 1)

    @property
    def has_ended(self) -> bool:
        """Whether nothing will ever come any more."""
        return not self and self._pulled_all

    def first(self) -> Group:
        """The next prompt, which stays."""
        return self._first[0]

    def take(self) -> Group:
        """The next prompt, taken out."""
        return self._first.popleft()

    def put_back(self, group: Group) -> None:
        """Have this prompt come next."""
        self._first.appendleft(group)


class ContinuousBatch:
    """Rows under way in ``places``, W to a group.

    Args:
        model: a Hugging Face causal LM whose attention is :mod:`axiom.generation.key_value_pool`.
        tokenizer: its tokenizer.
        queue: what to do; not empty.
        params: how to draw.
        rows: at most under way.
        width: W, of one prompt; less where the prompts at hand want less.
        stop_texts: finds stop texts.
        name: of the engine, for its samples.
        before_step: called before each step.
        prompts: that were read before; those that requests will go on with are added.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        queue: Queue,
        params: SamplingParams,
        *,
        rows: int,
        width: int,
        stop_texts: StopTexts,
        name: str,
        before_step: Callable[[], None],
        prompts: KeptPrompts,
    ) -> None:
        self.model, self.tokenizer, self.params, self.queue = model, tokenizer, params, queue
        self.limit, self.width = rows, min(width, rows, queue.width(rows))
        self.stop_texts, self.name, self.before_step, self.prompts = stop_texts, name, before_step, prompts
        count = max(rows * _GROUPS_PER_FULL_BATCH // self.width, 1)
        if queue.most is not None:  # a search's step has few prompts, and room for more would be filled with zeros
            count = min(count, queue.most)
        self.groups: list[Group | None] = [None] * count
        self.places: list[_Row | None] = [None] * (count * self.width)
        self.end_tokens = end_token_ids(model, tokenizer)
        weight = next(model.parameters())
        self.device = weight.device
        self.pool = KeyValuePool(groups=count, width=self.width, dtype=weight.dtype, device=weight.device)

    def run(self) -> Iterator[Sample]:
        """Decode until queue and places are empty."""
        while True:
            self._refill()
            self._admit()
            self._compact()
            active = [(place, row) for place, row in enumerate(self.places) if row is not None]
            if not active:
                return
            self.before_step()
            yield from self._step(active)

    def unfinished(self) -> None:
        """Put back what is left to do; rows under way are begun again."""
        for row in filter(None, self.places):
            row.group.waiting.appendleft((row.index, row.seed))
        for group in reversed(self.groups):
            if group is not None and group.waiting:
                group.rows = 0
                self.queue.put_back(group)

    @property
    def _room(self) -> int:
        return self.limit - sum(row is not None for row in self.places)

    def _refill(self) -> None:
        """Begin the next samples of the prompts under way; let go of the prompts that are through."""
        room = self._room
        for index, group in enumerate(self.groups):
            if group is None:
                continue
            begun = self._begin(index, group, room) if room and group.waiting else 0
            room -= begun
            if not group.rows and not group.waiting:
                self.groups[index] = None

    def _begin(self, index: int, group: Group, room: int) -> int:
        """Begin up to ``room`` samples of a group in its free places; returns how many."""
        begun = 0
        for place in range(index * self.width, (index + 1) * self.width):
            if self.places[place] is None and group.waiting and begun < room:
                self.places[place] = _Row(group, *group.waiting.popleft())
                begun += 1
        group.rows += begun
        return begun

    def _admit(self) -> None:
        """Take prompts from the queue while there is room for at least half of their rows."""
        room, fresh = self._room, []
        for index, group in enumerate(self.groups):
            if group is None and room and self.queue:
                wanted = min(self.width, len(self.queue.first().waiting))
                if room < self.limit and 2 * room < wanted:
                    break
                self.groups[index] = group = self.queue.take()
                fresh.append(index)
                room -= self._begin(index, group, room)
        at_a_time = _TOKENS_PER_PREFILL_ON_CUDA if self.device.type == "cuda" else _TOKENS_PER_PREFILL
        while fresh:
            longest = max(len(group.prompt) for index in fresh if (group := self.groups[index]))
            together = max(at_a_time // longest, 1)
            self._prefill(fresh[:together])
            fresh = fresh[together:]

    def _compact(self) -> None:
        """Give up the room of prompts that are through, once half of it is and no prompt will want it."""
        kept = [index for index, group in enumerate(self.groups) if group is not None]
        if not kept or len(kept) > len(self.groups) // 2 or not self.queue.has_ended:
            return
        self.places = [row for i in kept for row in self.places[i * self.width : (i + 1) * self.width]]
        self.groups = [self.groups[i] for i in kept]
        self.pool.keep(kept)

    def _prefill(self, fresh: list[int]) -> None:
        """Compute the prompts, all but the last token of each, which the first step brings to every row."""
        groups = [group for index in fresh if (group := self.groups[index])]
        prompts = [group.prompt[:-1] for group in groups]
        known = [self.prompts.longest(prompt) for prompt in prompts]
        rests = [prompt[count:] for prompt, (_, count) in zip(prompts, known, strict=True)]
        longest = max(map(len, rests))
        length = longest + (-longest % _ROWS_OF_A_TILE if self.device.type == "cpu" else 0)
        self.pool.begin_prefill(fresh, [len(prompt) for prompt in prompts], known=known, width=length)
        if longest:
            ids = torch.zeros(len(fresh), length, dtype=torch.long)
            positions = torch.zeros(len(fresh), length, dtype=torch.long)
            for row, (rest, (_, count)) in enumerate(zip(rests, known, strict=True)):
                ids[row, : len(rest)] = torch.tensor(rest)
                positions[row, : len(rest)] = torch.arange(count, count + len(rest))
            self.model.base_model(
                input_ids=ids.to(self.device),
                position_ids=positions.to(self.device),
                use_cache=False,
                key_value_pool=self.pool,
            )
        for index, group, prompt in zip(fresh, groups, prompts, strict=True):
            if group.request.goes_on:
                self.prompts.add(self.pool.kept(index, prompt))

    def _step(self, active: list[tuple[int, _Row]]) -> Iterator[Sample]:
        """One token for every row."""
        drawn = [len(row.tokens) for _, row in active]
        self.pool.begin_step([place for place, _ in active], drawn)
        last = [row.tokens[-1] if row.tokens else row.group.prompt[-1] for _, row in active]
        positions = [len(row.group.prompt) - 1 + count for (_, row), count in zip(active, drawn, strict=True)]
        idle = -len(active) % _ROWS_OF_A_TILE if self.device.type == "cpu" else 0
        logits = self.model(
            input_ids=torch.tensor(last + last[-1:] * idle, device=self.device)[:, None],
            position_ids=torch.tensor(positions + positions[-1:] * idle, device=self.device)[:, None],
            use_cache=False,
            key_value_pool=self.pool,
        ).logits[: len(active), -1]
        seeds = torch.tensor([row.seed for _, row in active])
        tokens, log_probs = draw(logits, uniforms(seeds, torch.tensor(drawn)), self.params)
        for (place, row), token, log_prob in zip(active, tokens.tolist(), log_probs.tolist(), strict=True):
            row.tokens.append(token)
            row.log_probs.append(log_prob)
            ended = token in self.end_tokens or self.stop_texts.ended(row.tokens, row.group.stops)
            if ended or len(row.tokens) >= row.group.max_new_tokens:
                yield self._finish(place, row, "stop" if ended else "length")

    def _finish(self, place: int, row: _Row, reason: FinishReason) -> Sample:
        self.places[place] = None
        row.group.rows -= 1
        self.pool.end_row(place)
        return Sample(
            key=row.group.request.key,
            index=row.index,
            text=cut_at_stop(self.tokenizer.decode(row.tokens, skip_special_tokens=True), row.group.stops),
            token_ids=tuple(row.tokens),
            log_probs=tuple(row.log_probs),
            tokens=len(row.tokens),
            finish_reason=reason,
            seed=row.seed,
            sampler=self.name,
        )
