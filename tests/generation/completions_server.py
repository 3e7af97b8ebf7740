"""A small server of OpenAI's completions API that really samples from a tiny model on disk, and can be made to fail."""

import copy
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer


@dataclass
class Behaviour:
    """What the server is like.

    Attributes:
        vllm: keeps stop texts, tells token ids and its context, loads adapters.
        context: longest prompt and completion.
        failures: what it does with the next completions: an HTTP status, ``drop`` the connection, or ``break`` it off
            in the middle of a streamed answer; then all is well.
        dies_after: completions; then every connection is dropped. None: never.
        hold: completions wait for it.
        key: asked for as a bearer token.
        root: of the served model, as vLLM tells it.
        usage: whether token counts are told.
        chunk: tokens in one event of a streamed answer.
    """

    vllm: bool = True
    context: int = 1024
    failures: deque[int | str] = field(default_factory=deque)
    dies_after: int | None = None
    hold: threading.Event | None = None
    key: str | None = None
    root: str | None = None
    usage: bool = True
    chunk: int = 1


class CompletionsServer(ThreadingHTTPServer):
    """Serves the model under the name ``tiny`` on a free port; ``url`` ends in ``/v1``.

    Attributes:
        bodies: of the completions asked for, failed ones too.
        posts: (path, adapter) of the adapters loaded and unloaded.
        most_at_once: completions under way at one time.
        drawn: tokens.
    """

    daemon_threads = True

    def __init__(self, folder: Path, behaviour: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.behaviour = folder, behaviour
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.models: dict[str, Any] = {"tiny": AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()}
        self.lock, self.drawing = threading.Lock(), threading.Lock()
        self.bodies: list[dict[str, Any]] = []
        self.posts: list[tuple[str, str]] = []
        self.at_once = self.most_at_once = self.done = self.drawn = 0
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error."""

    def draw(self, body: dict[str, Any]) -> Iterator[tuple[int, float]]:
        """(token, log-probability) until the end token or the limit."""
        prompt = body["prompt"]
        ids = self.tokenizer(prompt, add_special_tokens=False)["input_ids"] if isinstance(prompt, str) else list(prompt)
        chance = torch.Generator().manual_seed(body["seed"])
        for _ in range(body["max_tokens"]):
            with self.drawing, torch.inference_mode():
                logits = self.models[body["model"]](torch.tensor([ids])).logits[0, -1]
            scores = logits.log_softmax(-1)
            if body["temperature"] == 0:
                token = int(logits.argmax())
            else:
                token = int(torch.multinomial((logits / body["temperature"]).softmax(-1), 1, generator=chance))
            ids.append(token)
            self.drawn += 1
            yield token, float(scores[token])
            if token == self.tokenizer.eos_token_id:
                return


class _Handler(BaseHTTPRequestHandler):
    server: CompletionsServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        behaviour = self.server.behaviour
        if behaviour.key is not None and self.headers["Authorization"] != f"Bearer {behaviour.key}":
            return self._refuse(401, "Incorrect API key provided")
        cards = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in self.server.models]
        if behaviour.vllm:
            cards[0] |= {"max_model_len": behaviour.context, "root": behaviour.root or str(self.server.folder)}
        self._send(200, {"object": "list", "data": cards})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server, behaviour = self.server, self.server.behaviour
        if self.path.endswith("lora_adapter") and behaviour.vllm:
            return self._adapter(self.path.removeprefix("/v1/"), body)
        if self.path != "/v1/completions":
            return self._refuse(404, "Not Found")
        with server.lock:
            server.bodies.append(body)
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            failure = behaviour.failures.popleft() if behaviour.failures else None
            if behaviour.dies_after is not None and server.done >= behaviour.dies_after:
                failure = "drop"
        try:
            if behaviour.hold is not None:
                behaviour.hold.wait(30)
            self._complete(body, failure)
        finally:
            with server.lock:
                server.at_once -= 1
                server.done += failure is None

    def _complete(self, body: dict[str, Any], failure: int | str | None) -> None:
        prompt = body["prompt"]
        length = len(self.server.tokenizer(prompt)["input_ids"]) if isinstance(prompt, str) else len(prompt)
        if failure == "drop":
            self.close_connection = True
            self.connection.close()
        elif isinstance(failure, int):
            self._refuse(failure, "try again")
        elif body["model"] not in self.server.models:
            self._refuse(404, f"The model `{body['model']}` does not exist.")
        elif length + body["max_tokens"] > self.server.behaviour.context:
            self._refuse(400, f"This model's maximum context length is {self.server.behaviour.context} tokens.")
        elif body.get("stream"):
            with suppress(OSError):  # the client has read enough
                self._stream(body, breaks=failure == "break")
        else:
            self._whole(body)

    def _whole(self, body: dict[str, Any]) -> None:
        vllm, tokenizer = self.server.behaviour.vllm, self.server.tokenizer
        tokens, log_probs, text, reason = [], [], "", "length"
        for token, log_prob in self.server.draw(body):
            tokens.append(token)
            log_probs.append(log_prob)
            text = tokenizer.decode(tokens, skip_special_tokens=True)
            ends = [text.index(word) + len(word) for word in body.get("stop") or [] if word in text]
            if ends or token == tokenizer.eos_token_id:
                text, reason = text[: min(ends)] if ends else text, "stop"
                assert not ends or body["include_stop_str_in_output"]
                break
        choice: dict[str, Any] = {"index": 0, "text": text, "finish_reason": reason, "logprobs": None}
        if body.get("logprobs") is not None:
            choice["logprobs"] = {"tokens": [tokenizer.decode([t]) for t in tokens], "token_logprobs": log_probs}
        if vllm and body.get("return_token_ids"):
            choice["token_ids"] = tokens
        answer = {"id": "1", "object": "text_completion", "created": 0, "model": body["model"], "choices": [choice]}
        if self.server.behaviour.usage:
            answer["usage"] = {"completion_tokens": len(tokens), "prompt_tokens": 0, "total_tokens": len(tokens)}
        self._send(200, answer)

    def _stream(self, body: dict[str, Any], *, breaks: bool) -> None:
        tokenizer = self.server.tokenizer
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        reason, texts, log_probs = "length", [], []
        for number, (token, log_prob) in enumerate(self.server.draw(body), 1):
            if breaks and number == 3:
                self.close_connection = True
                return self.connection.close()
            ended = token == tokenizer.eos_token_id
            reason = "stop" if ended else "length"
            texts.append("" if ended else tokenizer.decode([token]))
            log_probs.append(log_prob)
            if number % self.server.behaviour.chunk == 0 or ended or number == body["max_tokens"]:
                told = {"tokens": texts, "token_logprobs": log_probs} if body.get("logprobs") is not None else None
                self._event({"index": 0, "text": "".join(texts), "finish_reason": None, "logprobs": told}, body)
                texts, log_probs = [], []
        self._event({"index": 0, "text": "", "finish_reason": reason, "logprobs": None}, body)
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, choice: dict[str, Any], body: dict[str, Any]) -> None:
        event = {"id": "1", "object": "text_completion", "created": 0, "model": body["model"], "choices": [choice]}
        self._chunk(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _adapter(self, action: str, body: dict[str, Any]) -> None:
        server, name = self.server, body["lora_name"]
        server.posts.append((action, name))
        if action == "load_lora_adapter":
            if name in server.models:
                return self._refuse(400, f"The lora adapter '{name}' has already been loaded.")
            # Never loaded anew here: while Transformers reads a model it takes tying away from all models of the
            # process, for good where two threads read at once.
            base = copy.deepcopy(server.models["tiny"])
            server.models[name] = PeftModel.from_pretrained(base, body["lora_path"]).eval()
        elif server.models.pop(name, None) is None:
            return self._refuse(404, f"The lora adapter '{name}' cannot be found.")
        self._send(200, "Success")

    def _refuse(self, status: int, message: str) -> None:
        self._send(status, {"error": {"message": message, "type": "tests", "code": status}})

    def _send(self, status: int, answer: Any) -> None:
        data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
