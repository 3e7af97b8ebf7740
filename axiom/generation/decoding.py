"""From logits to tokens: one-pass sampling by the inverse of the cumulative distribution.

Notation: R rows (completions under way), V vocabulary. ``torch.multinomial`` draws from the batch's one random
stream and takes 112 ms for 96 rows of 49,152 words where softmax takes 2 (two cores); here each row brings its own
uniform number, taken from its seed and position, so a sample does not depend on its batch. The search goes by blocks of
the vocabulary, so nothing of its size is summed up but once, and a few rows at a time, so what one pass writes is still
in the processor's cache when the next one reads it.

Temperature, top-k, top-p and min-p apply in Transformers' order, each to what the ones before it left.
"""

from collections.abc import Callable

import numpy as np
import torch

from axiom.generation.sampler import SamplingParams

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_BLOCK = 256
_FEW = 32
_ROWS_AT_A_TIME = 16


def uniforms(seeds: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Counter-based uniform numbers: SplitMix64 (Steele et al. 2014) at counter ``position`` of stream ``seed``.

    Args:
        seeds: (R,) int64.
        positions: (R,) int64, how many tokens the row has drawn.

    Returns:
        (R,) float64 in [0, 1), on the CPU.
    """
    state = seeds.cpu().numpy().astype(np.uint64)
    counter = positions.cpu().numpy().astype(np.uint64)
    with np.errstate(over="ignore"):
        mixed = state + (counter + np.uint64(1)) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    return torch.from_numpy((mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53))


def draw(logits: torch.Tensor, uniform: torch.Tensor, params: SamplingParams) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one token for each row.

    Args:
        logits: (R, V) floating point.
        uniform: (R,) in [0, 1).
        params: temperature, top-k, top-p and min-p.

    Returns:
        (R,) int64 token ids and (R,) float32 log-probabilities under the model at temperature 1.
    """
    rows = _ROWS_AT_A_TIME if logits.device.type == "cpu" else len(logits)
    uniform = uniform.to(logits.device)
    parts = [
        _draw(logits[first : first + rows], uniform[first : first + rows], params)
        for first in range(0, len(logits), rows)
    ]
    tokens, log_probs = zip(*parts, strict=True)
    return torch.cat(tokens), torch.cat(log_probs)


def _draw(logits: torch.Tensor, uniform: torch.Tensor, params: SamplingParams) -> tuple[torch.Tensor, torch.Tensor]:
    log_probs = torch.log_softmax(logits, dim=-1, dtype=torch.float32)
    if params.temperature == 0:
        tokens = logits.argmax(dim=-1)
    else:
        probabilities = (
            log_probs.exp() if params.temperature == 1 else torch.softmax(log_probs / params.temperature, dim=-1)
        )
        for drop in _filters(params):
            drop(probabilities)
        tokens = _search(probabilities, uniform)
    return tokens, log_probs.gather(1, tokens[:, None]).squeeze(1)


def _filters(params: SamplingParams) -> list[Callable[[torch.Tensor], None]]:
    chosen: list[Callable[[torch.Tensor], None]] = []
    if params.top_k:
        chosen.append(lambda p: _keep_top_k(p, params.top_k))
    if params.top_p < 1:
        chosen.append(lambda p: _keep_top_p(p, params.top_p))
    if params.min_p:
        chosen.append(lambda p: _keep_from(p, p.amax(dim=-1) * params.min_p))
    return chosen


def _keep_from(probabilities: torch.Tensor, least: torch.Tensor) -> None:
    """Set to 0 what is less likely than each row's ``least``, (R,)."""
    probabilities.mul_(probabilities >= least[:, None])


def _keep_top_k(probabilities: torch.Tensor, k: int) -> None:
    kept = torch.topk(probabilities, min(k, probabilities.shape[1]), dim=-1).values
    _keep_from(probabilities, kept[:, -1])


def _keep_top_p(probabilities: torch.Tensor, top_p: float) -> None:
    """Keep each row's fewest tokens whose probability reaches ``top_p``: sorted only as far as that takes."""
    _keep_from(probabilities, _least_of_top_p(probabilities, top_p * probabilities.sum(dim=-1), _FEW))


def _least_of_top_p(probabilities: torch.Tensor, target: torch.Tensor, width: int) -> torch.Tensor:
    """(R,) the least likely of each row's fewest tokens that reach its target, sought among the ``width`` likeliest."""
    kept = torch.topk(probabilities, min(width, probabilities.shape[1]), dim=-1).values
    before = kept.cumsum(dim=-1) - kept
    count = (before < target[:, None]).sum(dim=-1, keepdim=True).clamp(min=1)
    least = kept.gather(1, count - 1).squeeze(1)
    short = (count.squeeze(1) == width).nonzero().squeeze(1)
    if len(short) and width < probabilities.shape[1]:
        least[short] = _least_of_top_p(probabilities[short], target[short], width * 8)
    return least


def _search(probabilities: torch.Tensor, uniform: torch.Tensor) -> torch.Tensor:
    """Invert each row's cumulative sum at ``uniform`` of its total: first over blocks, then within one."""
    vocabulary = probabilities.shape[1]
    whole = vocabulary // _BLOCK * _BLOCK
    sums = probabilities[:, :whole].unflatten(1, (-1, _BLOCK)).sum(dim=-1)  # type: ignore[no-untyped-call]
    if whole < vocabulary:
        sums = torch.cat([sums, probabilities[:, whole:].sum(dim=-1, keepdim=True)], dim=1)
    cumulative = sums.double().cumsum(dim=-1)
    target = uniform[:, None] * cumulative[:, -1:]
    block = _first_beyond(cumulative, sums, target)
    rest = target - (cumulative.gather(1, block) - sums.double().gather(1, block))
    columns = block * _BLOCK + torch.arange(_BLOCK, device=probabilities.device)
    inside = probabilities.gather(1, columns.clamp(max=vocabulary - 1)) * (columns < vocabulary)
    token = _first_beyond(inside.double().cumsum(dim=-1), inside, rest)
    return (block * _BLOCK + token).squeeze(1)


def _first_beyond(cumulative: torch.Tensor, parts: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """(R, 1) index of the first cumulative sum above the target; of the last part above 0 where rounding hides it."""
    index = torch.searchsorted(cumulative, target, right=True)
    last = parts.shape[1] - 1 - (parts > 0).flip(1).int().argmax(dim=-1, keepdim=True)
    return torch.minimum(index, last)
