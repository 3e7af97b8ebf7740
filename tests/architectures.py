"""Tiny random models of the architectures whose attention differs: groups, windows, soft caps, sinks, fused layers.

And of some that mix tokens outside of attention.
"""

from collections.abc import Callable
from typing import Any

import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GPT2Config,
    GPT2LMHeadModel,
    GptOssConfig,
    GptOssForCausalLM,
    Lfm2Config,
    Lfm2ForCausalLM,
    Lfm2MoeConfig,
    Lfm2MoeForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MiniMaxConfig,
    MiniMaxForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    PhiConfig,
    PhiForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3MoeConfig,
    Qwen3MoeForCausalLM,
)

SHAPE: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "eos_token_id": 256,
    "pad_token_id": 257,
    "tie_word_embeddings": False,
}
WINDOW = 24
ARCHITECTURES: dict[str, Callable[[], Any]] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SHAPE)),
    "mistral with a window": lambda: MistralForCausalLM(MistralConfig(**SHAPE, sliding_window=WINDOW)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**SHAPE)),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**SHAPE, head_dim=16)),
    "gemma2 with soft caps": lambda: Gemma2ForCausalLM(
        Gemma2Config(
            **SHAPE,
            head_dim=16,
            query_pre_attn_scalar=16,
            sliding_window=WINDOW,
            attn_logit_softcapping=2.0,
            final_logit_softcapping=5.0,
            attn_implementation="eager",
        )
    ),
    "gemma3": lambda: Gemma3ForCausalLM(
        Gemma3TextConfig(**SHAPE, head_dim=16, query_pre_attn_scalar=16, sliding_window=WINDOW)
    ),
    "phi": lambda: PhiForCausalLM(PhiConfig(**SHAPE)),
    "phi3": lambda: Phi3ForCausalLM(Phi3Config(**SHAPE)),
    "gpt2": lambda: GPT2LMHeadModel(
        GPT2Config(vocab_size=300, n_embd=64, n_layer=3, n_head=4, n_positions=256, eos_token_id=256, bos_token_id=256)
    ),
    "gpt-oss with sinks": lambda: GptOssForCausalLM(
        GptOssConfig(**SHAPE, head_dim=16, sliding_window=WINDOW, num_local_experts=4, num_experts_per_tok=2)
    ),
    "mixtral": lambda: MixtralForCausalLM(MixtralConfig(**SHAPE, num_local_experts=4, num_experts_per_tok=2)),
    "qwen3-moe with a dense layer": lambda: Qwen3MoeForCausalLM(
        Qwen3MoeConfig(
            **SHAPE,
            head_dim=16,
            mlp_only_layers=[1],
            num_experts=4,
            num_experts_per_tok=2,
            moe_intermediate_size=48,
        )
    ),
}
MIXTURES = ("mixtral", "qwen3-moe with a dense layer")
"""Whose router and experts PEFT would take in."""
_CONVOLUTIONS = ["conv", "full_attention", "conv"]
# No ``_is_stateful`` tells of what these keep beside keys and values.
NOT_ATTENTION_ALONE: dict[str, Callable[[], Any]] = {
    "lfm2": lambda: Lfm2ForCausalLM(Lfm2Config(**SHAPE, layer_types=_CONVOLUTIONS)),
    "lfm2-moe": lambda: Lfm2MoeForCausalLM(
        Lfm2MoeConfig(
            **SHAPE,
            layer_types=_CONVOLUTIONS,
            moe_intermediate_size=48,
            num_dense_layers=1,
            num_experts=4,
            num_experts_per_tok=2,
        )
    ),
    "minimax": lambda: MiniMaxForCausalLM(
        MiniMaxConfig(
            **SHAPE,
            head_dim=16,
            layer_types=["linear_attention", "full_attention", "linear_attention"],
            block_size=16,
            num_local_experts=4,
            num_experts_per_tok=2,
        )
    ),
}


def tiny(kind: str = "llama") -> Any:
    """A model of this architecture in evaluation mode, its output peaked and varied."""
    torch.manual_seed(0)
    model = (ARCHITECTURES | NOT_ATTENTION_ALONE)[kind]().eval()
    for name, parameter in model.named_parameters():  # large enough for a peaked, varied output
        if parameter.dim() > 1 or "sinks" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    return model
