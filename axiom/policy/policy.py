"""The Policy: a frozen, possibly quantised base with a LoRA adapter, and the copy of it that samples.

The sampling copy multiplies with the dequantised base in one type and keeps LoRA as a side path; merging into
bfloat16 would lose a third or more of a small change, and dequantising at every step costs most of a decode.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy as copy_of
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModelForCausalLM

from axiom.errors import ModelError
from axiom.policy.models import load_base
from axiom.policy.quantization import Quantization, dequantized_weight, quantize

_ADAPTER_FILE = "adapter_model.safetensors"


class Policy(nn.Module):
    """The causal LM with its adapter.

    Args:
        base: hub id, folder, ``.gguf`` file or ``smollm2-135m-instruct``.
        quantization: of the frozen base.
        dtype: of the base's unquantised parts and of the arithmetic.
        rank: LoRA rank r.
        alpha: LoRA scale is ``alpha / rank``.
        dropout: LoRA dropout, in training only.
        seed: of the adapter's initial weights.
        adapter: a PEFT LoRA folder to begin with; its rank, scale and target modules then take the place of these.
        device: where the model goes.

    Raises:
        ModelError: if the base or the adapter cannot be loaded.
    """

    def __init__(
        self,
        *,
        base: str,
        quantization: Quantization = "nf4",
        dtype: str = "bfloat16",
        rank: int = 16,
        alpha: float = 32.0,
        dropout: float = 0.0,
        seed: int = 0,
        adapter: Path | None = None,
        device: torch.device | None = None,
    ) -> None:
        super().__init__()
        config = LoraConfig(
            r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules="all-linear", task_type="CAUSAL_LM"
        )
        if adapter is not None:
            config = _config_of(adapter)
        self.base_name, self.dtype_name = base, dtype
        model, self.tokenizer = load_base(base, dtype=dtype)
        model = quantize(model, quantization, device=device or torch.device("cpu"))
        model.requires_grad_(False)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = get_peft_model(model, config)
        self.model.peft_config["default"].base_model_name_or_path = base
        self._sampling_model: Any = None
        if adapter is not None:
            self.load_adapter(adapter)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        found: torch.device = next(self.model.parameters()).device
        return found

    def adapter_state(self) -> dict[str, torch.Tensor]:
        """The adapter's tensors under PEFT's names, detached."""
        # PEFT would otherwise look the base up on the hub to see whether its vocabulary has grown.
        state = get_peft_model_state_dict(self.model, save_embedding_layers=False)
        return {name: tensor.detach() for name, tensor in state.items()}

    def load_adapter_state(self, state: dict[str, torch.Tensor]) -> None:
        """Put tensors that :meth:`adapter_state` gave back in place.

        Raises:
            ModelError: if names or shapes are another adapter's.
        """
        own = self.adapter_state()
        if own.keys() != state.keys() or any(own[name].shape != state[name].shape for name in own):
            raise ModelError("the adapter does not fit this model: base, rank or target modules differ")
        set_peft_model_state_dict(self.model, state)

    def save_adapter(self, folder: Path) -> None:
        """Write a PEFT adapter folder that ``peft.PeftModel.from_pretrained`` reads."""
        self.model.save_pretrained(str(folder), save_embedding_layers=False)

    def load_adapter(self, folder: Path) -> None:
        """Read the weights of a PEFT LoRA folder of the same shape.

        Raises:
            ModelError: if the folder is missing or its adapter does not fit.
        """
        file = folder / _ADAPTER_FILE
        try:
            state = load_file(file)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{folder}: no readable {_ADAPTER_FILE}; expected a PEFT adapter folder") from error
        self.load_adapter_state(state)

    def adapter_hash(self) -> str:
        """Short hash of the adapter's exact weights."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.adapter_state().items()):
            digest.update(name.encode())
            digest.update(tensor.float().cpu().numpy().tobytes())
        return digest.hexdigest()[:16]

    def completion_log_probs(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, target_mask: torch.Tensor
    ) -> torch.Tensor:
        """Log-probability of every target token; logits are computed for these alone.

        Args:
            input_ids: (B, T) int64.
            attention_mask: (B, T), 1 at tokens, 0 at padding on the right.
            target_mask: (B, T) bool, True at the tokens to be predicted; column 0 is never a target.

        Returns:
            (number of targets,) float32, row by row.
        """
        causal_lm = self.model.get_base_model()
        hidden = causal_lm.base_model(
            input_ids=input_ids, attention_mask=attention_mask, use_cache=False
        ).last_hidden_state
        # Rows of a two-dimensional matrix: a sliced (B, T, D) would make the head copy its weight for each row.
        logits = causal_lm.get_output_embeddings()(hidden[:, :-1][target_mask[:, 1:]])
        targets = input_ids[:, 1:][target_mask[:, 1:]]
        return -nn.functional.cross_entropy(logits.float(), targets, reduction="none")

    def sampling_model(self) -> Any:
        """The copy that samples, with the adapter as it is now; built once, its adapter copied at each call."""
        if self._sampling_model is None:
            self._sampling_model = _sampling_copy(self)
        for name, side in self._sampling_model.named_modules():
            if isinstance(side, SidePathLinear):
                side.copy_adapter(self.model.get_base_model().get_submodule(name))
        return self._sampling_model

    @contextmanager
    def without_adapter(self) -> Iterator[None]:
        """The base alone."""
        with self.model.disable_adapter():
            yield


def _config_of(folder: Path) -> LoraConfig:
    """The configuration of a PEFT LoRA folder, to be trained further.

    Raises:
        ModelError: if there is none, or if it is of a kind that the sampling copy does not compute.
    """
    try:
        config = PeftConfig.from_pretrained(str(folder)) if folder.is_dir() else None
    except Exception as error:  # PEFT's readers fail in their own ways: JSON, missing keys, the hub
        raise ModelError(f"adapter {folder}: its adapter_config.json cannot be read: {error}") from error
    if config is None:
        raise ModelError(f"adapter {folder}: no such folder; expected a PEFT adapter folder")
    if not isinstance(config, LoraConfig) or config.use_dora or config.modules_to_save or config.bias != "none":
        raise ModelError(f"adapter {folder}: expected plain LoRA without DoRA, biases or modules_to_save")
    config.inference_mode = False
    return config


class SidePathLinear(nn.Module):
    """``x W^T + b + (x A^T) B^T`` with the LoRA scale folded into B; for sampling only.

    Args:
        layer: PEFT's LoRA layer around the base linear layer.
        dtype: of all weights here.
    """

    def __init__(self, layer: LoraLayer, dtype: torch.dtype) -> None:
        super().__init__()
        base = layer.get_base_layer()
        self.register_buffer("weight", dequantized_weight(base, dtype))
        self.register_buffer("bias", None if base.bias is None else base.bias.detach().to(dtype))
        self.dtype = dtype
        self.down = self.up = torch.empty(0)
        self.is_zero = True

    def copy_adapter(self, layer: Any) -> None:
        """Take the LoRA factors of the layer that trains."""
        scale = layer.scaling["default"]
        self.down = layer.lora_A["default"].weight.detach().to(self.dtype, copy=True)
        self.up = (layer.lora_B["default"].weight.detach() * scale).to(self.dtype)
        self.is_zero = not bool(self.up.any())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) to (..., out)."""
        out = nn.functional.linear(x, self.weight, self.bias)  # type: ignore[arg-type]
        if self.is_zero:  # a fresh adapter: model 0 samples at the base's speed
            return out
        rows = x.reshape(-1, x.shape[-1])
        side = torch.addmm(out.view(len(rows), -1), rows @ self.down.t(), self.up.t())
        return side.view_as(out)


def _sampling_copy(policy: Policy) -> Any:
    """A model of the same class whose LoRA layers are side paths and whose other weights are shared."""
    source = policy.model.get_base_model()
    dtype = getattr(torch, policy.dtype_name)
    with torch.device("meta"):
        copy = AutoModelForCausalLM.from_config(copy_of(source.config), dtype=dtype)
    for name, layer in source.named_modules():
        if isinstance(layer, LoraLayer):
            parent, _, child = name.rpartition(".")
            setattr(copy.get_submodule(parent), child, SidePathLinear(layer, dtype))
    own = dict(source.named_parameters(remove_duplicate=False)) | dict(source.named_buffers(remove_duplicate=False))
    for name, tensor in [*copy.named_parameters(remove_duplicate=False), *copy.named_buffers(remove_duplicate=False)]:
        if tensor is not None and tensor.is_meta:
            parent, _, child = name.rpartition(".")
            module = copy.get_submodule(parent)
            if child in module._parameters:
                module._parameters[child] = nn.Parameter(own[name].detach(), requires_grad=False)
            else:
                module._buffers[child] = own[name]
    copy.generation_config = source.generation_config
    return copy.eval()
