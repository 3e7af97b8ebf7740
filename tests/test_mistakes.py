"""What a user is told of a mistake: one line that names the place and the remedy, exit code 2, and nothing begun.

Mistakes that a test of their own belongs to: in problem files (``tests/problems``), in samples (``test_verify``), of
hardware and strategies (``test_configs``), of disks and other processes (``test_durability``), of servers
(``tests/generation``).
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import bitsandbytes
import pytest
import torch

from axiom.__main__ import main
from axiom.problems.problem import problem_to_json
from tests.runs import ONE, ROOT, command, environment, settings

CONFIGURATIONS = {
    "broken.yaml": "data: [\n",
    "list.yaml": "- data\n",
    "key.yaml": "data:\n  sampels: 4\n",
    "nested.yaml": "model:\n  objective:\n    class_path: DPO\n    init_args: {bta: 1}\n",
}
MODULES = {
    "own.py": "from axiom.learning.objectives import SFT\n\n\nclass Other: ...\n\n\n"
    "class Needy(SFT):\n    def __init__(self, *, strength: int) -> None: ...\n",
    "unsound.py": "raise RuntimeError('no such thing')\n",
}


def without(model: Path, folder: Path, part: str) -> None:
    """A model whose tokenizer lacks a part."""
    shutil.copytree(model, folder)
    if part == "chat_template":
        (folder / "chat_template.jinja").unlink()
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text())
    settings.pop(part, None)
    file.write_text(json.dumps(settings))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "--model.base", "/nowhere/model.gguf"), "model file /nowhere/model.gguf not found"),
        (("fit", "--data.leaks", "refuse"), "trained and measured on: t/one and t/one (the same id)"),
        (("fit", "--data.leaks", "drop"), "every train problem is measured on"),
        (
            ("fit", "--model.objective", "PolicyGradient", "--data.selection.replay", "0.5"),
            "data.selection.replay: what a round found anew is mostly what failed",
        ),
        (
            ("fit", "--data.leaks", "refuse", "--data.train_problems", "basics/train:level-1"),
            "validated and tested on: t/one and t/one (the same id)",
        ),
        (
            ("fit", "--data.leaks", "drop", "--data.train_problems", "basics/train:level-1"),
            "every validation problem is tested on",
        ),
        (("fit", "--data.train_problems", "/nowhere/p.jsonl"), "problem file /nowhere/p.jsonl not found"),
        (("fit", "--data.train_problems", "{folder}/bad.jsonl"), "bad.jsonl:1: "),
        (("fit", "--data.validation_samples", "4"), "pass@8 needs 8 samples of each problem"),
        (("test", "--data.test_samples", "4"), "pass@8 needs 8 samples of each problem"),
        (("test", "--model.adapter", "/nowhere"), "/nowhere"),
        (("test", "--ckpt_path", "/nowhere.ckpt"), "ckpt_path: /nowhere.ckpt not found"),
        (("fit", "--ckpt_path", "{folder}/bad.jsonl"), "bad.jsonl is not a checkpoint"),
        (("fit", "--ckpt_path", "{folder}/other.ckpt"), "other.ckpt holds no adapter of axiom's"),
        (("fit", "--data.sampels", "4"), "--data.sampels: no such option; did you mean --data.samples?"),
        (("fit", "--data.sample", "4"), "--data.sample: no such option; did you mean --data.samples?"),
        (("fit", "--temperature", "1"), "--temperature: no such option; did you mean --data.temperature?"),
        (("fit", "now"), "unexpected word 'now'"),
        (("fit", "--data.samples", "many"), "data.samples: expected an integer, got 'many'"),
        (("fit", "--trainer.max_steps", "x"), "trainer.max_steps: expected an integer, got 'x'"),
        (("fit", "--model.k", "8"), "model.k: expected a list, such as [1,8], got '8'"),
        (("fit", "--model.quantization", "nf8"), "model.quantization: expected one of nf4, int8, none, got 'nf8'"),
        (
            ("fit", "--trainer.max_epochs", "9"),
            "max_epochs 9: rounds are trained for expert_iteration.rounds times epochs",
        ),
        (
            ("fit", "--expert_iteration.restart_from", "best", "--expert_iteration.average_rounds", "true"),
            "expert_iteration.restart_from best leaves a round that hurt behind, and average_rounds true keeps it",
        ),
        (("fit", "--fresh", "perhaps"), "fresh: expected true or false, got 'perhaps'"),
        (("fit", "--data.selection.prefer"), "--data.selection.prefer: expected one argument"),
        (("fit", "--config", "/nowhere.yaml"), "--config: /nowhere.yaml not found"),
        (("fit", "--config", "{folder}"), "cannot be read"),
        (("fit", "--config", "{folder}/broken.yaml"), "broken.yaml:2 is no YAML: "),
        (("fit", "--config", "{folder}/list.yaml"), "list.yaml holds a list; expected keys such as data: and model:"),
        (("fit", "--config", "{folder}/key.yaml"), "data.sampels: no such option; did you mean data.samples?"),
        (
            ("fit", "--config", "{folder}/nested.yaml"),
            "model.objective: DPO has no option 'bta', only beta, loss, like",
        ),
        (("fit", "--model.objective.beta", "3"), "model.objective: SFT has no option 'beta', and none at all"),
        (("fit", "--model.learning_rate", "-1"), "model.learning_rate -1.0 must be 0 or more"),
        (("fit", "--model.lora_rank", "0"), "lora_rank 0 1 or more"),
        (("fit", "--model.k", "[]"), "model.k []: expected one or more numbers of samples"),
        (("fit", "--model.k", "[0]"), "model.k [0]: expected one or more numbers of samples, each 1 or more"),
        (("fit", "--seed_everything", "-1"), "seed_everything -1: expected 0 to 4294967295"),
        (("fit", "--data.samples", "0"), "data.samples: expected 1 or more, got 0"),
        (("fit", "--model.objective", "DPX"), "model.objective: no class 'DPX'; objectives: SFT, Distill, DPO, Polic"),
        (("fit", "--model.objective", "my.own.Loss"), "no class my.own.Loss: there is no module 'my'"),
        (("fit", "--model.objective", "own.Missing"), "no class own.Missing: module 'own' has none of this name; obj"),
        (("fit", "--model.objective", "own.Other"), "model.objective: own.Other is no Objective: it has to have the"),
        (("fit", "--model.objective", "own.Needy"), "model.objective: Needy has to be given strength"),
        (("fit", "--model.objective", "unsound.Any"), "model.objective: no class unsound.Any: no such thing"),
        (("fit", "--data.sampler", "own.Other"), "data.sampler: own.Other is no Sampler: it has to have the methods"),
        (("fit", "--optimizer", "AdamW"), "--optimizer: no such option; did you mean --model.optimizer?"),
        (("fit", "--model.objective", "DPO", "--model.objective.beta", "x"), "model.objective.beta: expected a number"),
        (("fit", "--data.max_new_tokens", "1024"), "'t/one': a prompt of 97 tokens and 1024 new ones do not fit"),
        (("collect", "--data.max_new_tokens", "1024"), "'t/one': a prompt of 97 tokens and 1024 new ones do not fit"),
        (("fit", "--data.validation_problems", "{folder}/long.jsonl"), "'t/long': a prompt of 4079 tokens"),
        (("fit", "--data.sampler", "Sampla"), "data.sampler: no class 'Sampla'; engines: TransformersSampler, VLLMS"),
        (("fit", "--data.sampler.rows", "x"), "data.sampler.rows: expected an integer, got 'x'"),
        (("fit", "--data.sampler.rwos", "8"), "TransformersSampler has no option 'rwos', only rows, rows_per_prompt"),
        (("fit", "--data.sampler.rows", "0"), "rows 0 and rows_per_prompt"),
        (("fit", "--data.min_p", "1"), "min_p 1.0: expected a number from 0"),
        (("fit", "--data.enough_passing", "0"), "data.enough_passing: expected 1 or more, got 0"),
        (("predict", "--predictions.file", "{folder}"), "is a folder; name another place"),
        (("predict", "--predictions.file", "{folder}/bad.jsonl/x"), "bad.jsonl/x: File exists; name another place"),
        (("collect", "--round", "7"), "run has no round yet; expected 0 to 0"),
        (("collect", "--round", "-1"), "--round -1"),
        (("collect", "--ckpt_path", "{folder}/other.ckpt"), "other.ckpt holds no adapter of axiom's"),
        (("fit", "--model.base", "{folder}/no_template"), "the tokenizer has no chat template; choose an instruct"),
        (("fit", "--model.base", "{folder}/no_end"), "no_end names no token that ends an answer; set eos_token in"),
        (("fit", "--model.base", "{folder}"), "holds no config.json; expected a Hugging Face model"),
        (("fit", "--model.base", "{folder}/bad.jsonl"), "bad.jsonl' cannot be loaded: "),
        (("fit", "--data.isolation", "vm"), "isolation 'vm': expected one of auto, namespaces, docker, process"),
        (("fit", "--trainer.accelerator", "gpu"), "python -m axiom doctor shows what this machine has"),
        (("fit", "--trainer.strategy", "fsdp"), "trainer.strategy fsdp: it leaves each rank a part of the policy"),
        (("train",), "unknown subcommand 'train'"),
    ],
)
def test_a_mistake_gets_one_clear_error_and_code_two(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    tiny_model: Path,
    taught: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PL_GLOBAL_SEED", "0")  # what Lightning sets there is taken back
    monkeypatch.setattr("logging.raiseExceptions", False)  # Lightning's handler keeps an earlier test's stream
    (tmp_path / "bad.jsonl").write_text('{"id": "t/one", "entry_point": "one"}\n')
    long = problem_to_json(ONE) | {"id": "t/long", "statement": "x" * 2000}
    (tmp_path / "long.jsonl").write_text(json.dumps(long) + "\n")
    for name, text in (CONFIGURATIONS | MODULES).items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    without(tiny_model, tmp_path / "no_template", "chat_template")
    without(tiny_model, tmp_path / "no_end", "eos_token")
    torch.save({"state_dict": {"weight": torch.zeros(1)}}, tmp_path / "other.ckpt")
    run = settings(tmp_path / "run", tiny_model, taught[1]) if arguments[0] != "train" else []
    given = [word.format(folder=tmp_path) for word in arguments[1:]]
    try:
        code = main([arguments[0], *run, *given])
    except SystemExit as stop:  # how argparse ends
        code = int(stop.code or 0)
    told = capsys.readouterr().err
    assert code == 2, told
    assert message in told
    assert "Traceback" not in told
    assert "usage:" not in told
    assert [line for line in told.splitlines() if line.startswith("error: ")] == told.splitlines()[-1:]
    assert not (tmp_path / "run" / "rounds").exists()


class GatedHub(BaseHTTPRequestHandler):
    """Answers as the Hugging Face hub does where a model's terms are not accepted."""

    def do_HEAD(self) -> None:
        self.send_response(401)
        self.send_header("X-Error-Code", "GatedRepo")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_gated_model_is_told_with_its_remedy(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), GatedHub) as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        place = {"HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}", "HF_HOME": str(tmp_path / "hub")}
        words = command("fit", *settings(tmp_path / "run", taught[0], taught[1], "--model.base", "owner/gated"))
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=environment() | place, check=False)
        hub.shutdown()
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1] == (
        "error: model 'owner/gated' is gated: accept its terms at https://huggingface.co/owner/gated, then run: "
        "hf auth login"
    )


def test_a_bitsandbytes_without_kernels_for_this_cuda_is_told_with_its_remedy(tmp_path: Path) -> None:
    """The package itself, its libraries taken away; a CPU does without them."""
    package = Path(bitsandbytes.__file__).parent
    shutil.copytree(package, tmp_path / "bitsandbytes", ignore=shutil.ignore_patterns("*.so"))
    program = "from axiom.policy.quantization import check_kernels as check\ncheck()"
    found = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment() | found, check=False
    )
    told = done.stderr.splitlines()[-1]
    assert told.startswith(f"axiom.errors.ModelError: bitsandbytes {bitsandbytes.__version__} has no kernels for CUDA")
    assert told.endswith("or take --model.quantization none; python -m bitsandbytes tells more")


def test_a_kernel_without_user_namespaces_is_told_with_its_remedy(tmp_path: Path, taught: tuple[Path, Path]) -> None:
    """In a user namespace below which the kernel allows no other, as Ubuntu's AppArmor does for a user's programs."""
    words = command("fit", *settings(tmp_path / "run", *taught))
    forbidden = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", forbidden, "sh", *words],
        cwd=ROOT, capture_output=True, text=True, env=environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("bubblewrap") == 2, done.stderr  # in one line: what is needed, and the package
    told = done.stderr.splitlines()[-1]
    assert "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0" in told
    assert "Weaker, by choice: isolation 'process'" in told
    assert "Traceback" not in done.stderr
