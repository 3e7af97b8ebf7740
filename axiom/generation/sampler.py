"""The Sampler protocol: Requests in, Samples out as they finish."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

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
        max_new_tokens: a longer completion ends with finish reason ``length``.
    """

    temperature: float = 0.8
    top_p: float = 1.0
    top_k: int = 0
    max_new_tokens: int = 256

    def __post_init__(self) -> None:
        if self.temperature < 0:
            raise SamplingError(f"temperature {self.temperature}: expected 0 (greedy) or more")
        if not 0 < self.top_p <= 1:
            raise SamplingError(f"top_p {self.top_p}: expected a number above 0 and up to 1")
        if self.top_k < 0 or self.max_new_tokens < 1:
            raise SamplingError(f"top_k {self.top_k} must be 0 or more, max_new_tokens {self.max_new_tokens} 1 or more")


@dataclass(frozen=True, slots=True)
class Request:
    """The samples wanted of one prompt.

    Attributes:
        key: what the samples are filed under: the problem's id.
        prompt: what the model reads; its stop texts end a completion.
        seeds: (sample index, seed) of each sample wanted.
    """

    key: str
    prompt: Prompt
    seeds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion of a prompt.

    Attributes:
        key: the request's key.
        index: the sample's number within its problem.
        text: decoded completion, special tokens left out; a stop text that ended it is its end.
        token_ids: what was drawn, the end token included.
        log_prob: sum of the drawn tokens' log-probabilities at temperature 1, in nats.
        finish_reason: ``stop`` at an end token or a stop text, ``length`` at the limit.
        seed: the random stream it was drawn from.
        sampler: the engine.
    """

    key: str
    index: int
    text: str
    token_ids: tuple[int, ...]
    log_prob: float
    finish_reason: FinishReason
    seed: int
    sampler: str


class Sampler(Protocol):
    """Draws samples from a policy."""

    def sample(self, requests: Sequence[Request], params: SamplingParams) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish."""
        ...


def sample_seed(run_seed: int, *, purpose: str, round_index: int, problem_id: str, sample_index: int) -> int:
    """A 63-bit seed from nothing but its arguments, so that no order of work can change a sample."""
    text = f"{run_seed}|{purpose}|{round_index}|{problem_id}|{sample_index}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") >> 1
