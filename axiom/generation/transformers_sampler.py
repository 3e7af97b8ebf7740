"""Best-of-N in this process, on the policy's own weights, through Transformers' own modules.

Where ``transformers.generate`` spends its time (two cores, 135M parameters, 64 rows): copies of the growing cache, each
sample's own copy of its prompt's keys, and ``softmax`` with ``multinomial`` over the vocabulary. Here none of them is
left: :mod:`axiom.generation.continuous_batch` keeps the batch full, :mod:`axiom.generation.key_value_pool` keeps a
prompt's keys once, :mod:`axiom.generation.decoding` draws in one pass. A sample's random numbers come from its own
seed, never from the batch. Out of memory, the rows under way are begun again, half as many at a time; what is finished
stays.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from axiom.errors import SamplingError
from axiom.generation.chat_template import encode_prompt
from axiom.generation.continuous_batch import ContinuousBatch, Group, Queue
from axiom.generation.kept_prompts import KeptPrompts
from axiom.generation.key_value_pool import IMPLEMENTATION
from axiom.generation.sampler import Request, Sample, SampledPolicy, Sampler, SamplingParams
from axiom.generation.stops import StopTexts
from axiom.policy.models import runs_on_attention_alone

log = logging.getLogger(__name__)
_WITHOUT_MEMORY = ("DefaultCPUAllocator", "CUBLAS_STATUS_ALLOC_FAILED")


class TransformersSampler(Sampler):
    """Samples on the weights of a Hugging Face causal LM in this process.

    Args:
        rows: completions decoded together; more use more memory and are faster up to the processor's limit.
        rows_per_prompt: completions of one prompt decoded together (W).
        dequantize: multiply with a copy of the base that is dequantised once. False goes straight through the quantised
            weights and the adapter that trains: no second copy in memory, but every step dequantises.
    """

    name = "transformers"
    on_policy = True

    def __init__(self, *, rows: int = 128, rows_per_prompt: int = 16, dequantize: bool = True) -> None:
        if rows < 1 or rows_per_prompt < 1:
            raise SamplingError(f"rows {rows} and rows_per_prompt {rows_per_prompt} must be 1 or more")
        self.rows, self.rows_per_prompt, self.dequantize = rows, rows_per_prompt, dequantize
        self._model: Any = None
        self._tokenizer: Any = None
        self._stop_texts: StopTexts | None = None
        self._prompts = KeptPrompts()

    def use(self, policy: SampledPolicy, *, workspace: Path) -> None:
        """Sample from the policy's own weights, as they are now.

        Raises:
            SamplingError: as :meth:`bind`.
        """
        self.bind(policy.sampling_model(dequantize=self.dequantize), policy.tokenizer)

    def bind(self, model: Any, tokenizer: Any) -> None:
        """Sample from this model, whose attention is another while it samples, with this tokenizer.

        Raises:
            SamplingError: if the model does not run on attention alone.
        """
        if not runs_on_attention_alone(model):
            raise SamplingError(
                f"{type(model).__name__} does not run on Transformers' attention interface alone; TransformersSampler "
                "cannot serve it, VLLMSampler may"
            )
        if self._tokenizer is not tokenizer:
            self._stop_texts = StopTexts(tokenizer)
        self._model, self._tokenizer = model, tokenizer
        self._prompts.clear()

    def sample(
        self,
        requests: Iterable[Request | None],
        params: SamplingParams,
        *,
        before_step: Callable[[], None] = lambda: None,
    ) -> Iterator[Sample]:
        """Yield every sample asked for, in the order in which they finish.

        Raises:
            SamplingError: when a prompt and its completion do not fit the model's context, or one row does not fit
                the memory.
        """
        if self._model is None or self._stop_texts is None:
            raise SamplingError("the sampler has no model; call bind() first")
        queue = Queue(requests, lambda request: self._group(request, params))
        attention, training = self._model.config._attn_implementation, self._model.training
        self._model.set_attn_implementation(IMPLEMENTATION)
        if training:
            self._model.eval()
        try:
            while queue:
                yield from self._batch(queue, params, self._stop_texts, before_step)
        finally:
            self._prompts.let_go()
            self._model.set_attn_implementation(attention)
            if training:
                self._model.train()

    @torch.inference_mode()
    def _batch(
        self, queue: Queue, params: SamplingParams, stop_texts: StopTexts, before_step: Callable[[], None]
    ) -> Iterator[Sample]:
        """Decode until the queue is empty or memory has run out."""
        batch = ContinuousBatch(
            self._model,
            self._tokenizer,
            queue,
            params,
            rows=self.rows,
            width=self.rows_per_prompt,
            stop_texts=stop_texts,
            name=self.name,
            before_step=before_step,
            prompts=self._prompts,
        )
        try:
            yield from batch.run()
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if self.rows == 1:
                raise SamplingError("out of memory with one row; lower max_new_tokens or use a smaller model") from None
            self.rows //= 2
            self._prompts.clear()
            log.warning("out of memory; sampling goes on with %d rows at a time", self.rows)
            batch.unfinished()
        del batch
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def check(self, requests: Sequence[Request], params: SamplingParams) -> None:
        """Refuse a prompt that does not fit the model's context with its completion, before anything is drawn.

        Raises:
            SamplingError: naming the first such prompt.
        """
        for request in requests:
            self._group(request, params)

    def close(self) -> None:
        """Let go of the model."""
        self._model = None
        self._prompts.clear()

    def _group(self, request: Request, params: SamplingParams) -> Group:
        prompt = [*encode_prompt(self._tokenizer, request.prompt), *request.begun]
        limit, params = getattr(self._model.config, "max_position_embeddings", None), request.limited(params)
        if limit is not None and len(prompt) + params.max_new_tokens > limit:
            raise SamplingError(
                f"'{request.key}': a prompt of {len(prompt)} tokens and {params.max_new_tokens} new "
                f"ones do not fit the model's context of {limit}; lower max_new_tokens or shorten the problem"
            )
        stops = (*request.prompt.stop, *params.stop)
        return Group(request, prompt, stops, params.max_new_tokens, deque(request.seeds))


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory has run out: CUDA has a class for it, cuBLAS and the CPU's allocator say so in an error's text."""
    return isinstance(error, torch.OutOfMemoryError) or any(text in str(error) for text in _WITHOUT_MEMORY)
