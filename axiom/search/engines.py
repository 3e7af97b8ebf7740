"""The engine that a search draws with, and the policy that it draws from: loaded as far as it is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from axiom.errors import ConfigError
from axiom.generation.completions_api import KINDS, ServerName
from axiom.generation.openai_sampler import OpenAISampler
from axiom.generation.sampler import SampledPolicy, Sampler
from axiom.generation.transformers_sampler import TransformersSampler
from axiom.generation.vllm_sampler import VLLMSampler
from axiom.policy.models import load_tokenizer
from axiom.policy.policy import Policy

EngineName = Literal["transformers", "vllm", "openai"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of OpenAI's completions API.

    Attributes:
        base_url: up to and with the version.
        model: the name under which it serves the base.
        kind: what it is.
        api_key_env: environment variable that holds its key; None for a server that asks for none.
    """

    base_url: str
    model: str
    kind: ServerName = "vllm"
    api_key_env: str | None = None


class ServedModel:
    """A model that another process serves, of which nothing but the tokenizer is here.

    Args:
        name: as of :func:`axiom.policy.models.load_base`.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.tokenizer: Any = load_tokenizer(name)

    def sampling_model(self, *, dequantize: bool = True) -> Any:
        """Not here."""
        raise self._refusal()

    def adapter_hash(self) -> str:
        """Not here."""
        raise self._refusal()

    def save_adapter(self, folder: Path) -> None:
        """Not here."""
        raise self._refusal()

    def save_base(self, folder: Path) -> None:
        """Not here."""
        raise self._refusal()

    def _refusal(self) -> ConfigError:
        return ConfigError(f"of {self._name} only the tokenizer is loaded; its weights are with the server")


def engine_of(
    name: EngineName, *, server: Server | None, base: str, policy: Callable[[], Policy], needs_weights: bool
) -> tuple[Sampler, SampledPolicy]:
    """The engine, unbound, and what it draws from.

    Args:
        name: of the engine.
        server: for ``openai``.
        base: the model's name.
        policy: loads it with its adapter.
        needs_weights: whether there is an adapter or a value function, so that a server's model is not enough.

    Raises:
        ConfigError: if ``openai`` has no server, or one that loads no adapters is to serve one.
        ModelError: if the model cannot be loaded.
    """
    if name != "openai":
        return (TransformersSampler() if name == "transformers" else VLLMSampler()), policy()
    if server is None:
        raise ConfigError("--engine openai: expected --base-url and --served-model of the server")
    if needs_weights and server.kind != "vllm":
        raise ConfigError(
            f"--server {server.kind}: only vllm loads an adapter; serve what export --merge makes of the run, and "
            "leave --run, --adapter and --value out"
        )
    sampler = OpenAISampler(
        base_url=server.base_url,
        model=server.model,
        server=server.kind,
        api_key_env=server.api_key_env,
        lora="vllm" if needs_weights else "none",
        logprobs=KINDS[server.kind].log_probs,
    )
    return sampler, (policy() if needs_weights else ServedModel(base))
