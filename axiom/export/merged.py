"""The merged model of a round: the base as the policy multiplies with it, and the adapter, in one set of weights."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from axiom.errors import AxiomError, ConfigError
from axiom.generation.chat_template import encode_completion, encode_prompt
from axiom.policy.merge import save_merged
from axiom.policy.policy import Policy
from axiom.policy.quantization import Quantization
from axiom.prompts import build_prompt
from axiom.report.contents import adapter_of, problems_of, prompt_style
from axiom.report.numbers import RunNumbers
from axiom.rounds.store import RoundStore

_PROBED = 16


def export_merged(
    run: RunNumbers,
    index: int,
    folder: Path,
    *,
    dtype: str,
    quantization: Quantization | None = None,
    problems: str | None = None,
) -> str:
    """Write the merged model, its tokenizer and chat template.

    Args:
        run: the run.
        index: the round.
        folder: empty.
        dtype: of the written weights.
        quantization: of the base in training; None takes the run's configuration.
        problems: selection of the train problems whose samples the model is probed on; None takes the configuration's.

    Returns:
        a sentence on how far its log-probabilities are from the policy's.

    Raises:
        ConfigError: if nothing says how the base was quantised.
        ModelError: if the base or the adapter cannot be loaded or merged.
    """
    policy = _policy(run, index, quantization)
    policy_dtype = getattr(torch, policy.dtype_name)
    source = policy.model.get_base_model()
    save_merged(source, policy.tokenizer, folder, policy_dtype=policy_dtype, dtype=getattr(torch, dtype))
    try:
        probes = _probes(run, index, policy.tokenizer, selection=problems)
    except AxiomError as error:
        return f"How far it is from the policy was not measured: {error}."
    if not probes:
        return "How far it is from the policy was not measured: there are no samples to measure it on."
    return _told(policy, AutoModelForCausalLM.from_pretrained(str(folder)), probes)


def _policy(run: RunNumbers, index: int, quantization: Quantization | None) -> Policy:
    """The policy as it sampled the round."""
    adapter = adapter_of(run, index).adapter
    kind: Any = quantization or run.policy_setting("quantization")
    if kind is None:
        raise ConfigError(f"nothing in {run.path} tells model.quantization; name it by --quantization")
    base = next(one.manifest.base for one in run.rounds if one.index == index)
    return Policy(base=base, quantization=kind, dtype=run.policy_setting("dtype") or "auto", adapter=adapter)


def _probes(run: RunNumbers, index: int, tokenizer: Any, *, selection: str | None) -> list[tuple[list[int], list[int]]]:
    """Prompts and completions as token ids: train samples of different problems, of this round or the one before."""
    store, known = RoundStore(run.path), problems_of(run, "train", selection=selection)
    rows = store.folder(index).read("train") or (store.folder(index - 1).read("train") if index else [])
    style = prompt_style(run)
    by_problem = {row.task_id: row for row in rows if row.task_id in known and row.completion}
    some = list(by_problem.values())[:: max(len(by_problem) // _PROBED, 1)][:_PROBED]
    asked = [(build_prompt(known[row.task_id], style=style), row) for row in some]
    return [
        (encode_prompt(tokenizer, prompt), encode_completion(tokenizer, prompt, row.completion, drawn=row.token_ids))
        for prompt, row in asked
    ]


def _told(policy: Policy, merged: Any, probes: Sequence[tuple[list[int], list[int]]]) -> str:
    ours = completion_log_probs(policy.model, probes)
    moved = (completion_log_probs(merged, probes) - ours).abs()
    with policy.without_adapter():
        adapter = (completion_log_probs(policy.model, probes) - ours).abs()
    return (
        f"On {len(ours)} tokens of {len(probes)} samples its log-probabilities are {float(moved.mean()):.2g} nats from "
        f"the policy's in the mean and {float(moved.max()):.2g} at most; the adapter moves them by "
        f"{float(adapter.mean()):.2g} in the mean."
    )


@torch.no_grad()
def completion_log_probs(model: Any, probes: Sequence[tuple[list[int], list[int]]]) -> torch.Tensor:
    """Log-probability of each completion token, in nats.

    Args:
        model: a causal LM.
        probes: (prompt, completion) as token ids, each read by itself.

    Returns:
        (all completion tokens,) float32, in the order of the probes.
    """
    model.eval()
    found = []
    for prompt, completion in probes:
        ids = torch.tensor([prompt + completion])
        logits = model(input_ids=ids).logits[0, len(prompt) - 1 : -1].float()
        found.append(logits.log_softmax(-1).gather(1, ids[0, len(prompt) :, None])[:, 0])
    return torch.cat(found)
