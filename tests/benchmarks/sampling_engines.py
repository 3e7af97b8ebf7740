"""One engine of ``make bench-sampling``, in a process of its own.

    python sampling_engines.py ENGINE MODEL REQUESTS.json [--rows N] [--adapter DIR]

REQUESTS.json: ``{"prompts": [[token ids], ...], "samples": n, "temperature": t, "max_new_tokens": m}``. Prints one JSON
object: completion tokens (the end token included), samples, seconds of sampling and of starting.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Result = tuple[int, int, float]  # tokens, samples, seconds


def generate(model_folder: str, asked: dict[str, Any], rows: int, adapter: str | None) -> Result:
    """``transformers.generate`` with ``num_return_sequences``, a few prompts at a time."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype="auto")
    if adapter:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    tokenizer = AutoTokenizer.from_pretrained(model_folder, padding_side="left")
    model.eval()
    n, together, tokens = asked["samples"], max(rows // asked["samples"], 1), 0
    prompts = sorted(asked["prompts"], key=len)
    torch.manual_seed(0)
    began = time.perf_counter()
    for start in range(0, len(prompts), together):
        some = prompts[start : start + together]
        batch = tokenizer.pad({"input_ids": some}, return_tensors="pt")
        with torch.inference_mode():
            out = model.generate(
                **batch,
                do_sample=True,
                temperature=asked["temperature"],
                top_k=0,
                top_p=1.0,
                max_new_tokens=asked["max_new_tokens"],
                num_return_sequences=n,
                pad_token_id=tokenizer.pad_token_id,
            )
        for row in out[:, batch["input_ids"].shape[1] :].tolist():
            ended = [place for place, token in enumerate(row) if token == tokenizer.eos_token_id]
            tokens += ended[0] + 1 if ended else len(row)
    return tokens, n * len(prompts), time.perf_counter() - began


def transformers_sampler(model_folder: str, asked: dict[str, Any], rows: int, adapter: str | None) -> Result:
    """axiom's engine on the same weights."""
    import torch
    from transformers import AutoTokenizer

    from axiom.generation import transformers_sampler
    from axiom.generation.sampler import Request, SamplingParams
    from axiom.policy.policy import Policy
    from axiom.prompts import Prompt

    policy = Policy(base=model_folder, quantization="none", adapter=Path(adapter) if adapter else None)
    n = asked["samples"]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    requests = [
        Request(str(i), Prompt((), opening=str(i)), tuple((j, i * n + j) for j in range(n)))
        for i in range(len(asked["prompts"]))
    ]
    # The benchmark's prompts are token ids already, the same for every engine.
    transformers_sampler.encode_prompt = lambda tokenizer, prompt: asked["prompts"][int(prompt.opening)]
    sampler = transformers_sampler.TransformersSampler(rows=rows)
    sampler.bind(policy.sampling_model(), AutoTokenizer.from_pretrained(model_folder))
    params = SamplingParams(temperature=asked["temperature"], max_new_tokens=asked["max_new_tokens"])
    began = time.perf_counter()
    drawn = list(sampler.sample(requests, params))
    return sum(sample.tokens for sample in drawn), len(drawn), time.perf_counter() - began


def vllm(model_folder: str, asked: dict[str, Any], rows: int, adapter: str | None) -> Result:
    """vLLM's engine in this process."""
    from vllm import LLM, SamplingParams
    from vllm.lora.request import LoRARequest

    engine = LLM(
        model=model_folder,
        dtype=json.loads((Path(model_folder) / "config.json").read_text())["dtype"],
        max_model_len=1024,
        max_num_seqs=rows,
        enable_lora=adapter is not None,
        max_lora_rank=16,
        enable_prefix_caching=True,
    )
    params = SamplingParams(
        n=asked["samples"],
        temperature=asked["temperature"],
        max_tokens=asked["max_new_tokens"],
        detokenize=False,
        logprobs=0,
    )
    lora = LoRARequest("bench", 1, adapter) if adapter else None
    began = time.perf_counter()
    answers = engine.generate([{"prompt_token_ids": ids} for ids in asked["prompts"]], params, lora_request=lora)
    took = time.perf_counter() - began
    drawn = [len(output.token_ids) for answer in answers for output in answer.outputs]
    return sum(drawn), len(drawn), took


def llama_cpp(model_file: str, asked: dict[str, Any], rows: int, adapter: str | None) -> Result:
    """llama.cpp's server on a GGUF file, as many requests at a time as it has slots."""
    server = os.environ["LLAMA_SERVER"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    context = max(map(len, asked["prompts"])) + asked["max_new_tokens"]
    command = [server, "-m", model_file, "--port", str(port), "-np", str(rows), "-c", str(rows * context)]
    command += ["-t", str(len(os.sched_getaffinity(0))), "--no-webui"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"

    def post(prompt: list[int]) -> int:
        body = {"prompt": prompt, "n_predict": asked["max_new_tokens"], "temperature": asked["temperature"]}
        body |= {"top_k": 0, "top_p": 1.0, "min_p": 0.0, "cache_prompt": True}
        request = urllib.request.Request(f"{address}/completion", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return int(json.load(answer)["tokens_predicted"])

    try:
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/health"):
                break
            if running.poll() is not None:
                raise SystemExit(f"{server} ended with code {running.returncode}")
            time.sleep(0.5)
        began = time.perf_counter()
        wanted = [prompt for prompt in asked["prompts"] for _ in range(asked["samples"])]
        with ThreadPoolExecutor(rows) as clients:
            drawn = list(clients.map(post, wanted))
        return sum(drawn), len(drawn), time.perf_counter() - began
    finally:
        running.terminate()
        running.wait()


ENGINES: dict[str, Callable[[str, dict[str, Any], int, str | None], Result]] = {
    "transformers_sampler": transformers_sampler,
    "generate": generate,
    "vllm": vllm,
    "llama_cpp": llama_cpp,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("model")
    parser.add_argument("requests", type=Path)
    parser.add_argument("--rows", type=int, default=128)
    parser.add_argument("--adapter")
    chosen = parser.parse_args()
    asked = json.loads(chosen.requests.read_text())
    began = time.perf_counter()
    tokens, samples, sampling_s = ENGINES[chosen.engine](chosen.model, asked, chosen.rows, chosen.adapter)
    whole = time.perf_counter() - began
    result = {
        "tokens": tokens,
        "samples": samples,
        "sampling_s": sampling_s,
        "start_s": whole - sampling_s,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
