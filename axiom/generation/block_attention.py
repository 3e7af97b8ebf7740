"""The CPU's kernel for a step's attention: ``block_attention.cpp``, compiled once and kept for this user.

PyTorch has no attention over blocks on a CPU: batched products and a dozen passes over the scores take four times as
long as reading the keys and values does, and for the prompts its flash kernel pads all to the longest and to full
groups. The compiler of the machine makes the kernel when the first batch is begun (a second); the file goes to the
user's cache, under a name made of source, compiler and processor. Without a compiler
:mod:`axiom.generation.attention_parts` does the same in PyTorch.
"""

import ctypes
import functools
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import torch

log = logging.getLogger(__name__)

_SOURCE = Path(__file__).with_suffix(".cpp")
# What lets compilers vectorise sums. Not -Ofast: that has the whole process flush small numbers to 0.
_ARITHMETIC = ("-fno-math-errno", "-fno-trapping-math", "-fno-signed-zeros", "-fassociative-math")
_FLAGS = ("-O3", "-march=native", "-std=c++17", "-fopenmp", "-fPIC", "-shared", *_ARITHMETIC)
_COMPILE_S = 120.0
_NAMES = {torch.float32: "axiom_block_attention_float32", torch.bfloat16: "axiom_block_attention_bfloat16"}
MAX_REPEAT, MAX_WIDTH, COLUMNS = 16, 256, 32
_POINTERS = (
    *("out", "query", "new_key", "new_value", "keys", "values", "prompt_keys", "prompt_values", "sink"),
    *("groups", "lengths", "prompt_first", "counts", "first", "offsets", "blocks"),
)


class _Arguments(ctypes.Structure):
    """The structure of the same name in the source."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_int64) for name in ("rows", "kv_heads", "repeat", "width", "prompt_columns")),
        *((name, ctypes.c_float) for name in ("scaling", "softcap")),
        ("threads", ctypes.c_int64),
    ]


class RowTable(NamedTuple):
    """Where the rows' keys are, int32 on the CPU.

    Attributes:
        groups: (A,) the row's group.
        lengths: (A,) tokens of its prompt.
        prompt_first: (A,) the first of them that it sees.
        counts: (A,) its own columns, the new one among them.
        first: (A,) the first of them that it sees.
        offsets: (A + 1,) where its blocks begin in ``blocks``.
        blocks: (sum of the rows' blocks,) their numbers.
    """

    groups: torch.Tensor
    lengths: torch.Tensor
    prompt_first: torch.Tensor
    counts: torch.Tensor
    first: torch.Tensor
    offsets: torch.Tensor
    blocks: torch.Tensor


def is_served(query: torch.Tensor, value: torch.Tensor) -> bool:
    """Whether the kernel takes queries (A, K, R, D) and values (..., D) like these, and could be made."""
    return (
        query.device.type == "cpu"
        and query.dtype in _NAMES
        and query.shape[2] <= MAX_REPEAT
        and query.shape[3] == value.shape[-1] <= MAX_WIDTH
        and _library() is not None
    )


def attend_step(
    query: torch.Tensor,
    new: tuple[torch.Tensor, torch.Tensor],
    prompt: tuple[torch.Tensor, torch.Tensor],
    own: tuple[torch.Tensor, torch.Tensor],
    table: RowTable,
    *,
    scaling: float,
    softcap: float = 0.0,
    sink: torch.Tensor | None = None,
) -> torch.Tensor:
    """Store what a step brings and attend over each row's prompt and its own blocks together.

    Args:
        query: (A, K, R, D).
        new: keys and values (A, K, D) of the step.
        prompt: keys and values (G, K, P, D) of the prompts, contiguous.
        own: all keys and values (N, K, C, D), contiguous, changed in place.
        table: which of them are whose.
        scaling, softcap, sink: as in :func:`axiom.generation.attention_parts.with_own_blocks`.

    Returns:
        (A, K, R, D).
    """
    library = _library()
    assert library is not None
    assert all(part.is_contiguous() for part in (*prompt, *own))
    rows, kv_heads, repeat, width = query.shape
    query = query.contiguous()
    out = torch.empty_like(query)
    new_key, new_value = (part.contiguous() for part in new)
    sink = None if sink is None else sink.float().contiguous()
    tensors = (out, query, new_key, new_value, *own, *prompt, sink, *table)
    arguments = _Arguments(
        *(None if tensor is None else tensor.data_ptr() for tensor in tensors),
        rows,
        kv_heads,
        repeat,
        width,
        prompt[0].shape[2],
        scaling,
        softcap,
        torch.get_num_threads(),
    )
    getattr(library, _NAMES[query.dtype])(ctypes.byref(arguments))
    return out


@functools.cache
def _library() -> ctypes.CDLL | None:
    """The compiled kernel; None, with the reason logged, where it cannot be made."""
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        log.info("no C++ compiler: sampling on the CPU goes without its kernel; install g++ for more speed")
        return None
    try:
        file = _cache() / f"block_attention-{_key(compiler)}.so"
        if not file.is_file():
            _compile(compiler, file)
        return ctypes.CDLL(str(file))
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        log.info("sampling on the CPU goes without its kernel: %s could not make it: %s", compiler, said.strip())
        return None


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "axiom"


def _key(compiler: str) -> str:
    """Short hash of all that the file depends on: a home folder may be shared by different machines."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True, timeout=_COMPILE_S)
    try:
        flags = [
            line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("flags", "Features"))
        ]
    except OSError:
        flags = [platform.processor()]
    parts = (_SOURCE.read_text(encoding="utf-8"), version.stdout, " ".join(_FLAGS), flags[0] if flags else "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _compile(compiler: str, file: Path) -> None:
    """Compile under another name and rename: processes that do the same at once do not meet."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        part = Path(folder) / file.name
        command = [compiler, *_FLAGS, str(_SOURCE), "-o", str(part)]
        subprocess.run(command, capture_output=True, text=True, check=True, timeout=_COMPILE_S)
        part.rename(file)
