"""Samples from any server that speaks OpenAI's completions API: vLLM, llama.cpp, SGLang, a hosted one.

With ``lora="vllm"`` the server draws from the policy itself: each round's adapter is written to the run's folder,
which the server must be able to read under the same path, and loaded under a new name. The server has to serve the base
as the policy multiplies with it, not the original: an adapter trained on NF4 weights over that is another policy::

    python -c "from pathlib import Path; from axiom.policy.policy import Policy
    Policy(base='smollm2-135m-instruct', quantization='nf4').save_base(Path('base'))"
    VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve base --served-model-name base --enable-lora --max-lora-rank 16

vLLM's CPU build (0.32) needs ``--no-enable-chunked-prefill`` beside them: samples have seeds, and it dies of one whose
prompt it reads in parts.

The run writes that base to its own folder as well, and an error tells the command with it. Give the server
``--max-loras`` of the number of ranks: each loads the adapter under a name of its own. With ``lora="none"`` only the
served model is sampled, whatever the policy has learned, and the round's manifest says so.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from torch import distributed

from axiom.errors import SamplingError
from axiom.generation.chat_template import encode_prompt, prompt_text
from axiom.generation.completions_api import KINDS, ServerName, complete, persistently, refused, request_body
from axiom.generation.event_loop import EventLoop
from axiom.generation.sampler import Request, Sample, SampledPolicy, Sampler, SamplingParams
from axiom.generation.served_policy import SavedAdapter, one_by_one, save_adapter
from axiom.policy.export import held_base

log = logging.getLogger(__name__)

_RETRIES_AT_START = 3
_NO_POLICY = "the sampler has no policy; call use() first"


class OpenAISampler(Sampler):
    """Samples over HTTP, one request for each sample.

    Args:
        base_url: up to and with the version: ``http://localhost:8000/v1``.
        model: the name under which the server serves the base.
        api_key_env: environment variable that holds the key; None for a server that asks for none.
        server: what kind it is: it decides what is sent, and what is refused.
        lora: ``vllm`` to load the policy's adapter into the server, ``none`` to sample what is served.
        concurrency: requests under way.
        timeout_s: of one attempt.
        retries: attempts after the first that failed in a way that may pass; eight take about a minute and a half.
        backoff_s: wait before the second attempt; doubled each time.
        logprobs: whether log-probabilities are asked for.
        prompt_ids: send prompts as token ids; None does what the kind of server takes.

    Raises:
        SamplingError: for settings that cannot work together.
    """

    name = "openai"

    def __init__(
        self,
        *,
        base_url: str,
        model: str,
        api_key_env: str | None = None,
        server: ServerName = "vllm",
        lora: Literal["vllm", "none"] = "none",
        concurrency: int = 64,
        timeout_s: float = 600.0,
        retries: int = 8,
        backoff_s: float = 0.5,
        logprobs: bool = True,
        prompt_ids: bool | None = None,
    ) -> None:
        if server not in KINDS:
            raise SamplingError(f"server '{server}': expected one of {', '.join(KINDS)}")
        if lora not in ("vllm", "none") or (lora == "vllm" and server != "vllm"):
            raise SamplingError(
                f"lora '{lora}' with server '{server}': adapters are loaded into vllm; otherwise 'none'"
            )
        if concurrency < 1 or retries < 0:
            raise SamplingError(f"concurrency {concurrency} must be 1 or more, retries {retries} 0 or more")
        _check_url(base_url)
        self._kind = KINDS[server]
        if logprobs and not self._kind.log_probs:
            raise SamplingError(f"server '{server}' tells no log-probabilities; set logprobs to false")
        self.on_policy = lora == "vllm"
        self.base_url, self.model, self.api_key_env, self.server = base_url.rstrip("/"), model, api_key_env, server
        self.concurrency, self.timeout_s, self.logprobs = concurrency, timeout_s, logprobs
        self.retries, self.backoff_s = retries, backoff_s
        self._prompt_ids = self._kind.prompt_ids if prompt_ids is None else prompt_ids
        self._tokenizer: Any = None
        self._adapter: SavedAdapter | None = None
        self._context: int | None = None

    def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
        """See that the server serves the model; with ``lora="vllm"`` load the policy's adapter as it is now.

        Raises:
            SamplingError: if the server cannot be reached, serves another model, or does not load the adapter.
        """
        adapter: SavedAdapter | None = None
        base = (workspace / "base").resolve()
        if self.on_policy:
            policy.save_base(base)
            adapter = save_adapter(policy, workspace)
        with self._connection() as (loop, client):
            self._check_server(loop.start(self._models(client)), base, adapter)
            if adapter is not None:
                self._exchange(loop, client, adapter)
        self._tokenizer = policy.tokenizer

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Refuse what the server does not know, and prompts that do not fit a context that it tells.

        Raises:
            SamplingError: naming the parameter or the problem.
        """
        asked = {"top_k": params.top_k, "min_p": params.min_p}
        if not self._kind.extensions and any(asked.values()):
            names = " and ".join(name for name, value in asked.items() if value)
            raise SamplingError(f"{names}: a server of kind '{self.server}' does not know it; set it to 0")
        if self._tokenizer is None:
            raise SamplingError(_NO_POLICY)
        for request in requests:
            length, longest = len(self._ids(request)), request.limited(params).max_new_tokens
            if self._context is not None and length + longest > self._context:
                raise SamplingError(
                    f"'{request.key}': a prompt of {length} tokens and {longest} new ones do not fit the "
                    f"server's context of {self._context}; lower max_new_tokens or shorten the problem"
                )

    def sample(
        self,
        requests: Iterable[Request | None],
        params: SamplingParams,
        *,
        before_step: Callable[[], None] = lambda: None,
    ) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish.

        Raises:
            SamplingError: if the server refuses a prompt or fails for good, after everything that was finished or
                under way and came out well has been yielded.
        """
        if self._tokenizer is None:
            raise SamplingError(_NO_POLICY)
        prepare: Callable[[Request], str | list[int]] = self._ids if self._prompt_ids else self._text
        wanted, failure = one_by_one(requests, prepare), None
        under_way: set[Future[Sample]] = set()
        with self._connection() as (loop, client):
            while True:
                while failure is None and len(under_way) < self.concurrency and (one := next(wanted, None)):
                    under_way.add(loop.start(self._draw(client, *one, params)))
                if not under_way:
                    break
                future = wait(under_way, return_when=FIRST_COMPLETED).done.pop()
                under_way.remove(future)
                try:
                    drawn = future.result()
                except SamplingError as error:
                    failure = failure or error
                else:
                    yield drawn
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Take the adapter out of the server."""
        adapter, self._adapter, self._tokenizer = self._adapter, None, None
        if adapter is not None:
            with self._connection() as (loop, client):
                self._unload(loop, client, adapter)

    async def _draw(
        self, client: Any, prompt: str | list[int], request: Request, index: int, seed: int, params: SamplingParams
    ) -> Sample:
        stop = (*request.prompt.stop, *params.stop)
        body = request_body(
            self._kind,
            request.limited(params),
            # An adapter that changes nothing costs as much as one that does; the base is the same policy.
            model=self.model if self._adapter is None or self._adapter.is_zero else self._adapter.name,
            prompt=prompt,
            seed=seed,
            stop=stop,
            log_probs=self.logprobs,
        )
        try:
            answer = await persistently(
                lambda: complete(client, self._kind, body, stop), retries=self.retries, backoff_s=self.backoff_s
            )
        except Exception as error:  # the client's, the HTTP library's, and what they make of a broken answer
            raise refused(error, key=request.key, url=self.base_url, tries=self.retries + 1) from error
        tokens = answer.tokens
        if tokens is None:
            tokens = len(self._tokenizer(answer.text, add_special_tokens=False)["input_ids"])
        return Sample(
            request.key,
            index,
            answer.text,
            answer.token_ids,
            answer.log_probs,
            tokens,
            answer.finish_reason,
            seed,
            self.name,
        )

    def _ids(self, request: Request) -> list[int]:
        return [*encode_prompt(self._tokenizer, request.prompt), *request.begun]

    def _text(self, request: Request) -> str:
        text: str = prompt_text(self._tokenizer, request.prompt) + self._tokenizer.decode(request.begun)
        return text

    async def _models(self, client: Any) -> list[Any]:
        async def ask() -> list[Any]:
            return list((await client.models.list()).data)

        return await persistently(ask, retries=min(self.retries, _RETRIES_AT_START), backoff_s=self.backoff_s)

    def _check_server(self, asked: "Future[list[Any]]", base: Path, adapter: SavedAdapter | None) -> None:
        remedy = f"start it, or set base_url{_command(base, self.model, adapter)}"
        try:
            models = {card.id: card for card in asked.result()}
        except Exception as error:
            raise SamplingError(f"no usable server: GET {self.base_url}/models: {error}; {remedy}") from error
        card = models.get(self.model)
        if card is None and self.server != "llama.cpp":  # llama.cpp answers under any name
            served = ", ".join(sorted(models)) or "nothing"
            raise SamplingError(f"{self.base_url} serves {served}, not '{self.model}'; set model, or {remedy}")
        self._context = getattr(card, "max_model_len", None)
        root = getattr(card, "root", None)
        served_base = held_base(Path(root)) if root else None
        if adapter is not None and served_base is not None and served_base != held_base(base):
            raise SamplingError(
                f"{self.base_url} serves another base ({served_base}) than this policy's ({held_base(base)}); {remedy}"
            )

    def _exchange(self, loop: EventLoop, client: Any, adapter: SavedAdapter) -> None:
        """Load the new adapter, then unload the former."""
        body = {"lora_name": adapter.name, "lora_path": str(adapter.folder)}
        try:
            loop.start(client.post("/load_lora_adapter", cast_to=str, body=body)).result()
        except Exception as error:
            raise SamplingError(
                f"POST {self.base_url}/load_lora_adapter of {adapter.folder}: {error}; the server must be able to read "
                f"that folder and take adapters of rank {adapter.rank} while it runs"
                f"{_command(adapter.folder.parents[1] / 'base', self.model, adapter)}"
            ) from error
        former, self._adapter = self._adapter, adapter
        if former is not None:
            self._unload(loop, client, former)

    def _unload(self, loop: EventLoop, client: Any, adapter: SavedAdapter) -> None:
        try:
            loop.start(client.post("/unload_lora_adapter", cast_to=str, body={"lora_name": adapter.name})).result()
        except Exception as error:  # noqa: BLE001 - the samples are not touched by it
            log.warning("%s keeps adapter %s: %s", self.base_url, adapter.name, error)

    @contextmanager
    def _connection(self) -> Iterator[tuple[EventLoop, Any]]:
        try:
            from openai import AsyncOpenAI
        except ImportError as error:
            raise SamplingError("OpenAISampler needs the openai client; run: pip install openai") from error
        key = "none" if self.api_key_env is None else os.environ.get(self.api_key_env)
        if not key:
            raise SamplingError(f"api_key_env: the environment has no {self.api_key_env}; set it to the server's key")
        with EventLoop() as loop:
            client = AsyncOpenAI(base_url=self.base_url, api_key=key, timeout=self.timeout_s, max_retries=0)
            try:
                yield loop, client
            finally:
                loop.start(client.close()).result()


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        is_sound = False
    if not is_sound:
        raise SamplingError(f"base_url '{url}': expected an address such as http://localhost:8000/v1")


def _command(base: Path, model: str, adapter: SavedAdapter | None) -> str:
    """How to start the server that is missing, where axiom knows."""
    if adapter is None:
        return ""
    ranks = distributed.get_world_size() if distributed.is_initialized() else 1
    adapters = f" --max-loras {ranks}" if ranks > 1 else ""  # each rank loads it under a name of its own
    return (
        f": VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve {base} --served-model-name {model} --enable-lora "
        f"--max-lora-rank {adapter.rank}{adapters}"
    )
