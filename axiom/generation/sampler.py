"""The Sampler protocol: Requests in, Samples out as they finish."""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

from axiom.errors import SamplingError
from axiom.prompts import Prompt

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How completions are drawn.

    Attributes:
        temperature: divides the logits; 0 takes the most likely token.
        top_p: keep the smallest set of tokens whose probability reaches this; 1 keeps all.
        top_k: keep the k most likely tokens; 0 keeps all.
        min_p: keep the tokens at least this many times as likely as the likeliest (arXiv 2407.01082); 0 keeps all.
        max_new_tokens: a longer completion ends with finish reason ``length``.
        stop: texts that end a completion, beside the prompt's own.
    """

    temperature: float = 0.8
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    max_new_tokens: int = 256
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise SamplingError(f"temperature {self.temperature}: expected 0 (greedy) or more")
        if not 0 < self.top_p <= 1:
            raise SamplingError(f"top_p {self.top_p}: expected a number above 0 and up to 1")
        if not 0 <= self.min_p < 1:
            raise SamplingError(f"min_p {self.min_p}: expected a number from 0 up to but not 1")
        if "" in self.stop:
            raise SamplingError("stop: an empty text would end every completion; name what ends one, or leave it out")
        if self.top_k < 0 or self.max_new_tokens < 1:
            raise SamplingError(f"top_k {self.top_k} must be 0 or more, max_new_tokens {self.max_new_tokens} 1 or more")


@dataclass(frozen=True, slots=True)
class Request:
    """The samples wanted of one prompt.

    Attributes:
        key: what the samples are filed under: the problem's id.
        prompt: what the model reads; its stop texts end a completion.
        seeds: (sample index, seed) of each sample wanted.
        begun: tokens that each of them begins with; a Sample holds what comes after them.
        goes_on: whether a request of the next call may go on with this one's prompt, so that an engine keeps what it
            has read.
        max_new_tokens: of each of them, where that is less than the call's.
    """

    key: str
    prompt: Prompt
    seeds: tuple[tuple[int, int], ...]
    begun: tuple[int, ...] = ()
    goes_on: bool = False
    max_new_tokens: int | None = None

    def limited(self, params: SamplingParams) -> SamplingParams:
        """How its samples are drawn in a call of these parameters."""
        if self.max_new_tokens is None:
            return params
        return replace(params, max_new_tokens=min(params.max_new_tokens, self.max_new_tokens))


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion of a prompt.

    Attributes:
        key: the request's key.
        index: the sample's number within its problem.
        text: decoded completion, special tokens left out; a stop text that ended it is its end.
        token_ids: what was drawn, the end token included; empty where the engine does not tell.
        log_probs: of each drawn token under the model at temperature 1, in nats; empty where the engine does not tell.
        tokens: how many were drawn.
        finish_reason: ``stop`` at an end token or a stop text, ``length`` at the limit.
        seed: the random stream it was drawn from.
        sampler: the engine.
    """

    key: str
    index: int
    text: str
    token_ids: tuple[int, ...]
    log_probs: tuple[float, ...]
    tokens: int
    finish_reason: FinishReason
    seed: int
    sampler: str


class SampledPolicy(Protocol):
    """What an engine asks of the policy that it draws from (:class:`axiom.policy.policy.Policy`)."""

    tokenizer: Any

    def sampling_model(self, *, dequantize: bool = True) -> Any:
        """The dequantised base with the adapter as a side path, in this process; or the model that trains."""
        ...

    def adapter_hash(self) -> str:
        """Short hash of the adapter's exact weights."""
        ...

    def save_adapter(self, folder: Path) -> None:
        """Write a PEFT adapter folder."""
        ...

    def save_base(self, folder: Path) -> None:
        """Write the dequantised base and its tokenizer as a Hugging Face folder."""
        ...


class Sampler(Protocol):
    """Draws samples from a policy.

    Attributes:
        name: of the engine, as samples carry it.
        on_policy: whether samples come from the policy with its adapter; an engine that cannot load adapters draws
            from the base alone, and the round's manifest says so.
    """

    name: str
    on_policy: bool

    def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
        """Draw from this policy, with its adapter as it is now, until the next call.

        Args:
            policy: what is drawn from.
            workspace: folder of the run for what the engine needs on disk; may not exist yet.

        Raises:
            SamplingError: if the engine cannot serve the policy, or cannot be reached.
        """
        ...

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Refuse, before anything is drawn, what the engine cannot do.

        Raises:
            SamplingError: naming the parameter or the prompt.
        """
        ...

    def sample(
        self,
        requests: Iterable[Request | None],
        params: SamplingParams,
        *,
        before_step: Callable[[], None] = lambda: None,
    ) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish.

        Args:
            requests: pulled one at a time, when there is room; so what comes later may depend on what came out. None
                says that nothing is to be drawn at the moment: the next is pulled after the next piece of work, and
                where nothing is under way the call ends.
            params: how to draw.
            before_step: called before each piece of work on this machine's processors.

        Raises:
            SamplingError: if the engine fails for good; what was yielded before stays.
        """
        ...

    def close(self) -> None:
        """Give back memory, processes and connections."""
        ...


def sample_seed(run_seed: int, *, purpose: str, round_index: int, problem_id: str, sample_index: int) -> int:
    """A 63-bit seed from nothing but its arguments, so that no order of work can change a sample."""
    text = f"{run_seed}|{purpose}|{round_index}|{problem_id}|{sample_index}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1
