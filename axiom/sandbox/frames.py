"""What travels between judge and program: frames of four bytes of length, most significant first, and that much JSON.

The judge's side; a program's is in :mod:`axiom.sandbox.child`.

Covered: a reply is parsed as data and nothing else. Not covered: its size, which the reader caps; the values in it,
which :mod:`axiom.sandbox.values` decodes. Assumes: nothing about the sender.
"""

import json
from typing import Any

from axiom.sandbox.protocol import Call, CallReply, Raised, Returned
from axiom.sandbox.values import UnhashedSet, decode, encode


def readable(text: str) -> str:
    """Text of a program's, without what would command a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def framed(request: Any) -> bytes:
    body = json.dumps(request).encode()
    return len(body).to_bytes(4, "big") + body


def call_request(call: Call) -> bytes:
    request: dict[str, Any] = {
        "args": encode(list(call.args)),
        "kwargs": {k: encode(v) for k, v in call.kwargs.items()},
    }
    if call.method:
        request["method"] = call.method
    if call.args_after:
        request["args_after"] = True
    return framed(request)


def proxied(call: Any) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments with which checking code called its proxy, or None where they are none."""
    try:
        args, kwargs = (decode(call[name], sets=UnhashedSet) for name in ("args", "kwargs"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    named = isinstance(args, list) and isinstance(kwargs, dict) and all(isinstance(name, str) for name in kwargs)
    return (args, kwargs) if named else None


def forwarded(reply: CallReply) -> dict[str, Any]:
    """A candidate's reply as the checking program's proxy reads it: decoded here, encoded anew."""
    if isinstance(reply, Returned):
        return {"returned": encode(reply.value)}
    if isinstance(reply, Raised):
        return {"raised": reply.name, "message": reply.message}
    return {"raised": "RuntimeError", "message": reply.message}


def parsed(frame: bytes) -> dict[str, Any] | None:
    """The JSON object in a frame, or None where there is none."""
    try:
        reply = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) and reply else None
