"""From logits to tokens: one-pass sampling by the inverse of the cumulative distribution.

Notation: R rows (completions under way), V vocabulary. ``torch.multinomial`` draws from the batch's one random
stream and is slow over large vocabularies; here each row brings its own uniform number, taken from its seed and
position, so a sample does not depend on its batch.
"""

import numpy as np
import torch

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


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


def draw(
    logits: torch.Tensor, uniform: torch.Tensor, *, temperature: float, top_k: int, top_p: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one token for each row.

    Args:
        logits: (R, V) floating point.
        uniform: (R,) in [0, 1).
        temperature: 0 takes the most likely token.
        top_k: 0 keeps all tokens.
        top_p: 1 keeps all tokens.

    Returns:
        (R,) int64 token ids and (R,) float32 log-probabilities under the model at temperature 1.
    """
    logits = logits.float()
    log_normalizer = torch.logsumexp(logits, dim=-1)
    if temperature == 0:
        tokens = logits.argmax(dim=-1)
    else:
        tokens = _inverse_cdf(logits / temperature, uniform.to(logits.device), top_k=top_k, top_p=top_p)
    chosen = logits.gather(1, tokens[:, None]).squeeze(1)
    return tokens, chosen - log_normalizer


def _inverse_cdf(scaled: torch.Tensor, uniform: torch.Tensor, *, top_k: int, top_p: float) -> torch.Tensor:
    if top_k == 0 and top_p == 1.0:
        return _search(torch.softmax(scaled, dim=-1), uniform)
    width = min(top_k, scaled.shape[1]) if top_k else scaled.shape[1]
    kept, ids = torch.topk(scaled, width, dim=-1)
    probabilities = torch.softmax(kept, dim=-1)
    if top_p < 1.0:
        before = probabilities.cumsum(dim=-1) - probabilities
        probabilities = torch.where(before < top_p, probabilities, 0.0)
    return ids.gather(1, _search(probabilities, uniform)[:, None]).squeeze(1)


def _search(probabilities: torch.Tensor, uniform: torch.Tensor) -> torch.Tensor:
    cumulative = probabilities.cumsum(dim=-1)
    target = (uniform[:, None] * cumulative[:, -1:].double()).to(cumulative.dtype)
    index = torch.searchsorted(cumulative, target, right=True).squeeze(1)
    beyond = index == probabilities.shape[1]
    if beyond.any():
        # Rounding carried the target to the total: the last token with any probability is meant.
        last = (cumulative[beyond] < cumulative[beyond, -1:]).sum(dim=-1)
        index[beyond] = last
    return index
