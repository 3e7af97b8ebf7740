"""The Policy: a frozen, possibly quantised base with a LoRA adapter, and the copy of it that samples.

A new adapter is on every linear layer but the output head. Of a mixture of experts PEFT would take in the router and
the experts as well, which Transformers keeps as tensors of no layer; those stay as the base has them, and with them,
where PEFT cannot tell their names apart, the linear layers of dense blocks and shared experts (``gate_proj`` and its
siblings).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import bitsandbytes as bnb
import torch
from peft import LoraConfig, PeftConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from peft.utils.transformers_weight_conversion import convert_peft_config_for_transformers
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import distributed, nn
from torch.distributed.device_mesh import DeviceMesh

from axiom.errors import ModelError
from axiom.learning.losses import log_probs_of
from axiom.learning.packing import PackedBatch
from axiom.policy.export import base_hash, base_tensors, held_base, save_base
from axiom.policy.lora_linear import LORA_LAYERS
from axiom.policy.models import AUTO, decoder_layers, load_base, resolved_dtype
from axiom.policy.quantization import Quantization, quantize
from axiom.policy.sharding import NO_SAMPLING, shard
from axiom.policy.side_path import SidePathLinear, sampling_copy
from axiom.policy.tree_attention import TreeMasks, use_tree_attention

_ADAPTER_FILE = "adapter_model.safetensors"
_TOKENS_AT_A_TIME = 32
# Settings of PEFT's with which an adapter is more than a scaled product of two factors beside each of its layers.
_BEYOND_PLAIN_LORA = (
    "use_dora",
    "lora_bias",
    "modules_to_save",
    "trainable_token_indices",
    "layer_replication",
    "alora_invocation_tokens",
    "use_qalora",
    "use_bdlora",
    "arrow_config",
    "kasa_config",
    "monteclora_config",
    "velora_config",
)


class Policy(nn.Module):
    """The causal LM with its adapter.

    Args:
        base: hub id, folder, ``.gguf`` file or ``smollm2-135m-instruct``.
        quantization: of the frozen base's linear layers; fused experts of a mixture stay as they are.
        dtype: of the base's unquantised parts and of the arithmetic; ``auto`` as :func:`resolved_dtype` says.
        rank: LoRA rank r.
        alpha: LoRA scale is ``alpha / rank``.
        dropout: LoRA dropout. It acts where ``train()`` was called; a policy begins without, so that what trains is
            what sampled.
        seed: of the adapter's initial weights.
        adapter: a PEFT LoRA folder to begin with; its rank, scale and target modules then take the place of these.
        gradient_checkpointing: keep each layer's input alone for the backward and compute the layer again there: less
            memory, more time.
        device: where the model goes.
        mesh: the ranks that share the base out among them, on ``device``'s kind; None keeps all of it here.

    Attributes:
        is_sharded: whether ranks share the base.

    Raises:
        ModelError: if the base or the adapter cannot be loaded, or the base cannot do what it is asked to.
    """

    def __init__(
        self,
        *,
        base: str,
        quantization: Quantization = "nf4",
        dtype: str = AUTO,
        rank: int = 16,
        alpha: float = 32.0,
        dropout: float = 0.0,
        seed: int = 0,
        adapter: Path | None = None,
        gradient_checkpointing: bool = False,
        device: torch.device | None = None,
        mesh: DeviceMesh | None = None,
    ) -> None:
        super().__init__()
        if mesh is not None and quantization == "int8":
            raise ModelError("model.shard_base: an int8 base is not shared out; take --model.quantization nf4 or none")
        config = LoraConfig(
            r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules="all-linear", task_type="CAUSAL_LM"
        )
        if adapter is not None:
            config = _config_of(adapter)
        device = device or torch.device("cpu")
        self.base_name, self.dtype_name = base, resolved_dtype(dtype, device)
        self._quantization = quantization
        model, self.tokenizer = load_base(base, dtype=self.dtype_name)
        _keep_to_linear_layers(config, model, adapter)
        model = quantize(model, quantization, device=device, kept_on=None if mesh is None else torch.device("cpu"))
        model.requires_grad_(False)
        # Its backward gives NaN at some lengths (pytorch#196678), and it plans anew for every length.
        torch.backends.cuda.enable_cudnn_sdp(False)
        self._knows_trees = use_tree_attention(model)
        config._register_custom_module(LORA_LAYERS[quantization])
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = get_peft_model(model, config)
        self.model.peft_config["default"].base_model_name_or_path = base
        self.model.eval()
        for layer in self.model.modules():
            # Outside training bitsandbytes rounds activations on a CPU as well, which sampling copy and exports do not.
            if isinstance(layer, bnb.nn.Linear8bitLt):
                layer.train()
        self._checkpointed = _checkpointing_layers(model) if gradient_checkpointing else []
        self._sampling_model: Any = None
        self._base_hash: str | None = None
        self.is_sharded = mesh is not None
        if mesh is not None:
            shard(model, mesh)
        if adapter is not None:
            self.load_adapter(adapter)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        found: torch.device = next(self.model.parameters()).device
        return found

    @property
    def settings(self) -> dict[str, Any]:
        """What an adapter's weights are a policy under, as manifests keep it; ``dtype`` is the resolved one."""
        config = self.model.peft_config["default"]
        return {
            "quantization": self._quantization,
            "dtype": self.dtype_name,
            "lora_rank": config.r,
            "lora_alpha": float(config.lora_alpha),
            "use_rslora": bool(config.use_rslora),
        }

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

    def save_base(self, folder: Path) -> None:
        """Write the base as this policy multiplies with it, and its tokenizer, as a Hugging Face folder.

        Dequantised, in the policy's type: an engine that serves it with the adapter serves this policy. A folder that
        holds this very base already is left as it is. Of a base that is shared out every rank calls this.

        Raises:
            ModelError: if the folder holds something else, or cannot be written.
        """
        source, dtype = self.model.get_base_model(), getattr(torch, self.dtype_name)
        if self._base_hash is None:  # the base is frozen
            self._base_hash = base_hash(source, dtype)
        if not self.is_sharded or distributed.get_rank() == 0:
            save_base(source, self.tokenizer, folder, dtype=dtype, key=self._base_hash)
        elif held_base(folder) != self._base_hash:
            for _ in base_tensors(source, dtype):  # gathered for the rank that writes
                pass
        if self.is_sharded:
            distributed.barrier()

    def load_adapter(self, folder: Path) -> None:
        """Read the weights of a PEFT LoRA folder of the same shape.

        Raises:
            ModelError: if the folder is missing or its adapter does not fit.
        """
        self.load_adapter_state(read_adapter(folder))

    @contextmanager
    def with_adapter(self, state: dict[str, torch.Tensor]) -> Iterator[None]:
        """Other weights of the adapter for a while.

        Raises:
            ModelError: if they do not fit.
        """
        own = {name: tensor.clone() for name, tensor in self.adapter_state().items()}
        self.load_adapter_state(state)
        try:
            yield
        finally:
            self.load_adapter_state(own)

    def adapter_hash(self) -> str:
        """Short hash of the adapter's exact weights."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.adapter_state().items()):
            digest.update(name.encode())
            digest.update(tensor.float().cpu().numpy().tobytes())
        return digest.hexdigest()[:16]

    def completion_logits(self, batch: PackedBatch) -> torch.Tensor:
        """Logits where targets are predicted, and nowhere else.

        Args:
            batch: M targets, on the model's device.

        Returns:
            (M, V) in the arithmetic's type, in the targets' order.
        """
        if self._takes_one_by_one(batch):
            return torch.cat([self.completion_logits(single) for single in batch.single()])
        logits: torch.Tensor = self.model.get_base_model()(
            **self._inputs(batch), use_cache=False, logits_to_keep=batch.sources
        ).logits
        return logits[0]

    def completion_states(self, batch: PackedBatch) -> torch.Tensor:
        """The last layer's states where targets are predicted: after the prompt, and after each token but the last.

        Args:
            batch: M targets, on the model's device.

        Returns:
            (M, H) in the arithmetic's type, in the targets' order, normalised as the output head reads them.
        """
        if self._takes_one_by_one(batch):
            return torch.cat([self.completion_states(single) for single in batch.single()])
        body = self.model.get_base_model().base_model
        states: torch.Tensor = body(**self._inputs(batch), use_cache=False).last_hidden_state
        return states[0, batch.sources]

    def _takes_one_by_one(self, batch: PackedBatch) -> bool:
        return not self._knows_trees and len(batch.target_counts) > 1

    def _inputs(self, batch: PackedBatch) -> dict[str, Any]:
        """What the forward of a packed row takes."""
        for layer in self._checkpointed:  # what Transformers looks at
            layer.training = torch.is_grad_enabled()
        if not self._knows_trees:
            return {"input_ids": batch.input_ids}
        # On a CPU oneDNN makes and keeps a kernel for each length, and making one takes a while.
        batch = batch.padded(_TOKENS_AT_A_TIME if self.device.type == "cpu" else 1)
        # Transformers makes no mask where a four-dimensional one is given; whatever used this one would give NaN.
        unused = torch.full((1, 1, 1, 1), torch.nan, device=batch.input_ids.device)
        masks = TreeMasks(batch, dtype=getattr(torch, self.dtype_name))
        return {
            "input_ids": batch.input_ids,
            "attention_mask": unused,
            "position_ids": batch.position_ids,
            "tree_masks": masks,
        }

    def base_logits(self, batch: PackedBatch) -> torch.Tensor:
        """The same of the base alone, without gradient: no second copy of it is kept."""
        with torch.no_grad(), self.without_adapter():
            return self.completion_logits(batch)

    def completion_log_probs(self, batch: PackedBatch) -> torch.Tensor:
        """(M,) float32 log-probabilities of the targets, in their order."""
        return log_probs_of(self.completion_logits(batch), batch.targets)

    def sampling_model(self, *, dequantize: bool = True) -> Any:
        """What samples, with the adapter as it is now.

        Args:
            dequantize: a copy that multiplies with the dequantised base, built once, its adapter copied at each call;
                otherwise the very model that trains, straight through its quantised weights.

        Raises:
            ModelError: if the base is shared out: ranks sample at their own pace, and it is gathered by all at once.
        """
        if self.is_sharded:
            raise ModelError(NO_SAMPLING)
        if not dequantize:
            return self.model.get_base_model()
        if self._sampling_model is None or self._sampling_model.device != self.device:
            copy = sampling_copy(self.model.get_base_model(), getattr(torch, self.dtype_name))
            object.__setattr__(self, "_sampling_model", copy)  # no submodule: DDP would send its buffers at every step
        for name, side in self._sampling_model.named_modules():
            if isinstance(side, SidePathLinear):
                side.copy_adapter(self.model.get_base_model().get_submodule(name))
        return self._sampling_model

    @contextmanager
    def without_adapter(self) -> Iterator[None]:
        """The base alone."""
        with self.model.disable_adapter():
            yield


def read_adapter(folder: Path) -> dict[str, torch.Tensor]:
    """The tensors of a PEFT adapter folder, on the CPU, as :meth:`Policy.load_adapter_state` takes them.

    Raises:
        ModelError: if there are none.
    """
    try:
        return load_file(folder / _ADAPTER_FILE)  # type: ignore[no-any-return]
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{folder}: no readable {_ADAPTER_FILE}; expected a PEFT adapter folder") from error


def _checkpointing_layers(model: Any) -> list[nn.Module]:
    """Have a base's layers checkpoint whenever their ``training`` is set.

    Returns:
        The layers.

    Raises:
        ModelError: if the base cannot do so.
    """
    if not model.supports_gradient_checkpointing:
        raise ModelError(f"model.gradient_checkpointing: {type(model).__name__} does not support it; leave it off")
    model.gradient_checkpointing_enable()
    layers = decoder_layers(model)
    for layer in layers:
        checkpoint: Any = layer._gradient_checkpointing_func
        layer._gradient_checkpointing_func = partial(_checkpointed_in_mode_of, model, layer, checkpoint)  # type: ignore[assignment]
    return layers


def _checkpointed_in_mode_of(model: nn.Module, layer: nn.Module, checkpoint: Any, forward: Any, *args: Any) -> Any:
    """Checkpoint a layer's forward, its ``training`` meanwhile the model's: some layers drop out by their own."""

    def in_mode(*args: Any) -> Any:
        before, layer.training = layer.training, model.training
        try:
            return forward(*args)
        finally:
            layer.training = before

    return checkpoint(in_mode, *args)


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
    if not isinstance(config, LoraConfig):
        raise ModelError(f"adapter {folder}: expected plain LoRA, got {config.peft_type}")
    found = [name for name in _BEYOND_PLAIN_LORA if getattr(config, name, None)] + ["bias"] * (config.bias != "none")
    if found:
        raise ModelError(f"adapter {folder}: expected plain LoRA without {', '.join(found)}")
    config.inference_mode = False
    return config


def _keep_to_linear_layers(config: LoraConfig, model: Any, adapter: Path | None) -> None:
    """Leave routers and fused experts out of what a new adapter changes.

    Args:
        config: of the adapter; of other than mixtures of experts it stays as it is.
        model: the base, without adapter.
        adapter: the folder that the configuration is from; None for a new one.

    Raises:
        ModelError: if the folder's adapter changes them.
    """
    try:
        convert_peft_config_for_transformers(config, model, None)  # as get_peft_model does first
    except ValueError as error:
        raise ModelError(f"adapter {adapter}: {error}") from error
    if config.target_parameters and adapter is not None:
        names = ", ".join(sorted(config.target_parameters))
        raise ModelError(f"adapter {adapter}: expected LoRA on linear layers alone, without target_parameters {names}")
    if config.target_parameters:
        config.target_parameters, config.rank_pattern, config.alpha_pattern = None, {}, {}
