"""One completion from a server that speaks OpenAI's completions API, and what the kinds of server differ in.

``vllm`` is tested against the real server; ``llama.cpp`` and ``openai`` (any other one, SGLang and hosted ones too)
follow their documentation. A stop text has to stay at the end of a sample, and only vLLM keeps it there or tells which
one it was. So the others are not told of stop texts: the completion is streamed, cut here behind the first stop text,
and the connection closed, at which a server stops drawing.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from axiom.errors import SamplingError
from axiom.generation.sampler import FinishReason, SamplingParams
from axiom.generation.stops import cut_at_stop

log = logging.getLogger(__name__)

T = TypeVar("T")
ServerName = Literal["vllm", "llama.cpp", "openai"]

_LONGEST_WAIT_S = 30.0
_CONTEXT_WORDS = ("context length", "context size", "context_length", "context window", "max_model_len")


@dataclass(frozen=True, slots=True)
class ServerKind:
    """What a server can do beside the API that all have in common.

    Attributes:
        prompt_ids: takes a prompt as token ids; otherwise as text.
        extensions: knows ``top_k`` and ``min_p``, which are then always sent: its own defaults may not keep all tokens.
        keeps_stop_texts: leaves the stop text at the end of the completion.
        log_probs: tells the drawn tokens' log-probabilities at temperature 1.
        extra: sent with each request, so that nothing is drawn in another way than asked for.
    """

    prompt_ids: bool = False
    extensions: bool = False
    keeps_stop_texts: bool = False
    log_probs: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)


KINDS: dict[ServerName, ServerKind] = {
    "vllm": ServerKind(
        prompt_ids=True,
        extensions=True,
        keeps_stop_texts=True,
        extra={
            "add_special_tokens": False,
            "include_stop_str_in_output": True,
            "return_token_ids": True,
            "repetition_penalty": 1.0,
        },
    ),
    # Its own order filters before the temperature; the other engines divide first.
    "llama.cpp": ServerKind(
        prompt_ids=True,
        extensions=True,
        log_probs=False,
        extra={"samplers": ["temperature", "top_k", "top_p", "min_p"], "repeat_penalty": 1.0},
    ),
    "openai": ServerKind(),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One completion; ``tokens`` is None where the server does not tell how many it drew up to the cut."""

    text: str
    finish_reason: FinishReason
    tokens: int | None
    token_ids: tuple[int, ...] = ()
    log_probs: tuple[float, ...] = ()


class Dropped(Exception):
    """The server ended an answer before its end; another attempt may succeed."""


def request_body(
    kind: ServerKind,
    params: SamplingParams,
    *,
    model: str,
    prompt: str | list[int],
    seed: int,
    stop: Sequence[str],
    log_probs: bool,
) -> dict[str, Any]:
    """The arguments of one call of ``completions.create``; the seed goes in 31 bits, which every server takes."""
    extra = dict(kind.extra)
    if kind.extensions:
        extra |= {"top_k": params.top_k, "min_p": params.min_p}
    body: dict[str, Any] = {
        "model": model,
        "prompt": prompt,
        "max_tokens": params.max_new_tokens,
        "temperature": params.temperature,
        "top_p": params.top_p,
        "seed": seed & 0x7FFFFFFF,
        "extra_body": extra,
    }
    if log_probs:
        body["logprobs"] = 0  # of the drawn token alone
    if stop and kind.keeps_stop_texts:
        body["stop"] = list(stop)
    return body


async def complete(client: Any, kind: ServerKind, body: dict[str, Any], stop: Sequence[str]) -> Answer:
    """One completion, ended by the first stop text.

    Args:
        client: an ``openai.AsyncOpenAI``.
        kind: of the server.
        body: of :func:`request_body`.
        stop: the texts.

    Raises:
        Dropped: if the answer breaks off.
        openai.OpenAIError: as the client does.
    """
    if stop and not kind.keeps_stop_texts:
        return await _streamed(client, body, stop)
    answer = await client.completions.create(**body)
    if not answer.choices:
        raise Dropped("an answer without a completion")
    choice = answer.choices[0]
    log_probs = choice.logprobs.token_logprobs if choice.logprobs else None
    return Answer(
        text=choice.text,
        finish_reason=_finish_reason(choice.finish_reason),
        tokens=answer.usage.completion_tokens if answer.usage else None,
        token_ids=tuple(getattr(choice, "token_ids", None) or ()),
        log_probs=tuple(log_probs or ()),
    )


async def _streamed(client: Any, body: dict[str, Any], stop: Sequence[str]) -> Answer:
    text, reason = "", None
    tokens: list[str] = []
    log_probs: list[float] = []
    async with await client.completions.create(**body, stream=True) as stream:
        try:
            async for chunk in stream:
                for choice in chunk.choices:
                    text += choice.text or ""
                    reason = choice.finish_reason or reason
                    if choice.logprobs:
                        tokens += choice.logprobs.tokens or []
                        log_probs += choice.logprobs.token_logprobs or []
                if any(word in text for word in stop):
                    text, reason = cut_at_stop(text, stop), "stop"
                    break
        except Exception as error:  # the HTTP library's own errors come through once the answer has begun
            raise Dropped(f"an answer that broke off: {error}") from error
    # A chunk may hold more tokens than the one that completed the stop text.
    while tokens and len("".join(tokens[:-1])) >= len(text):
        tokens.pop()
    return Answer(text, _finish_reason(reason), len(tokens) or None, (), tuple(log_probs[: len(tokens)]))


def _finish_reason(told: str | None) -> FinishReason:
    if told == "stop":
        return "stop"
    if told == "length":
        return "length"
    raise Dropped(f"an answer with finish reason {told!r}")


async def persistently(attempt: Callable[[], Awaitable[T]], *, retries: int, backoff_s: float) -> T:
    """Try again while the trouble may pass: no connection, 408, 429, 5xx, an answer that broke off.

    Args:
        attempt: the call.
        retries: attempts after the first.
        backoff_s: wait before the second attempt; doubled each time up to 30 s, and shortened by chance, so that
            not all that failed together come back together.
    """
    for number in range(retries):
        try:
            return await attempt()
        except Exception as error:
            if not _may_pass(error):
                raise
            wait_s = min(backoff_s * 2**number, _LONGEST_WAIT_S) * random.uniform(0.5, 1.0)
            log.info("attempt %d of %d failed (%s); again in %.1f s", number + 1, retries + 1, error, wait_s)
            await asyncio.sleep(wait_s)
    return await attempt()


def _may_pass(error: Exception) -> bool:
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in (408, 429) or error.status_code >= 500
    return isinstance(error, (openai.APIConnectionError, Dropped))


def refused(error: Exception, *, key: str, url: str, tries: int) -> SamplingError:
    """The error that a user reads when a sample could not be had."""
    import openai

    if _may_pass(error):
        return SamplingError(
            f"'{key}': {url} failed {tries} times, last with: {error}; look at the server's log, start it again, and "
            "run the same command: what was sampled is kept"
        )
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return SamplingError(f"{url} refuses the key: {error}; set api_key_env to the variable that holds it")
    if isinstance(error, openai.APIStatusError) and any(word in str(error).lower() for word in _CONTEXT_WORDS):
        return SamplingError(
            f"'{key}': the prompt and its completion do not fit the server's context ({error}); lower max_new_tokens, "
            "shorten the problem, or serve the model with a longer context"
        )
    return SamplingError(f"'{key}': {url} refuses the request: {error}")
