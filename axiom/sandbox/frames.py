"""What travels between judge and program: frames of four bytes of length, most significant first, and that much JSON.

The judge's side; a program's is in :mod:`axiom.sandbox.child`.

Covered: a reply is parsed as data and nothing else, and only where it is no larger than a right one can be, in bytes
and in lists and objects; of a text no more is read than is shown. Not covered: the values in a reply, which
:mod:`axiom.sandbox.values` decodes. Assumes: nothing about the sender.
"""

import json
from collections.abc import Callable
from typing import Any

from axiom.sandbox.protocol import Call, Raised, Returned
from axiom.sandbox.values import UnhashedSet, decode, encode

MAX_FRAME_BYTES = 16 * 1024 * 1024
_SHORT_FRAME_BYTES = 1 << 16
_BYTES_PER_CONTAINER = 32  # a list takes two in JSON and sixty in memory
_MESSAGE_CHARS, _TEXT_CHARS = 200, 2000
_MOST_KINDS = 32


def readable(text: str) -> str:
    """The start of a program's text, without what would command a terminal."""
    shown = text[:_MESSAGE_CHARS]
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in shown)


def start_of(text: object) -> str:
    """As much of a program's text as checking code is given."""
    return text[:_TEXT_CHARS] if isinstance(text, str) else ""


def named(kinds: object) -> tuple[str, ...]:
    """The names in a list of a program's, no more than a class has in earnest."""
    items = kinds[:_MOST_KINDS] if isinstance(kinds, list) else []
    return tuple(readable(name) for name in items if isinstance(name, str))


def oversize(frame: bytes, most_bytes: Callable[[], int] | None) -> str:
    """What makes a frame larger than it is worth to parse; empty where nothing does.

    Args:
        most_bytes: tells how long a right reply can be, and is asked only where the frame is long; None for
            ``MAX_FRAME_BYTES``.
    """
    if len(frame) <= _SHORT_FRAME_BYTES:
        return ""
    most = MAX_FRAME_BYTES if most_bytes is None else _SHORT_FRAME_BYTES + most_bytes()
    containers = frame.count(b"[") + frame.count(b"{")
    if len(frame) <= most and containers * _BYTES_PER_CONTAINER <= most:
        return ""
    return f"a result of {len(frame)} bytes with {containers} lists and objects, more than a right one can have"


def framed(request: Any) -> bytes:
    body = json.dumps(request).encode()
    return len(body).to_bytes(4, "big") + body


def call_request(call: Call) -> bytes:
    request: dict[str, Any] = {
        "args": [encode(value) for value in call.args],
        "kwargs": {k: encode(v) for k, v in call.kwargs.items()},
    }
    if call.method:
        request["method"] = call.method
    if call.makes:
        request["makes"] = True
    if call.as_list:
        request["as_list"] = True
    if call.as_view:
        request["as_view"] = True
    if call.args_after:
        request["args_after"] = True
    return framed(request)


def returned(reply: dict[str, Any]) -> Returned | None:
    """What a call returned, or None where a value of it is malformed."""
    try:
        after = decode(reply["args"], sets=UnhashedSet) if isinstance(reply.get("args"), list) else None
        return Returned(decode(reply["returned"], sets=UnhashedSet), None if after is None else tuple(after))
    except (ValueError, RecursionError):
        return None


def proxied(call: Any) -> tuple[list[Any], dict[str, Any]] | None:
    """The arguments with which checking code called its proxy, or None where they are none."""
    try:
        args, kwargs = (decode(call[name], sets=UnhashedSet) for name in ("args", "kwargs"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    named = isinstance(args, list) and isinstance(kwargs, dict) and all(isinstance(name, str) for name in kwargs)
    return (args, kwargs) if named else None


def forwarded(reply: Returned | Raised) -> dict[str, Any]:
    """A candidate's reply as the checking program's proxy reads it: decoded here, encoded anew."""
    if isinstance(reply, Returned):
        return {"returned": encode(reply.value)}
    return {"raised": [reply.name, *reply.kinds], "text": reply.text}


def parsed(frame: bytes) -> dict[str, Any] | None:
    """The JSON object in a frame, or None where there is none."""
    try:
        reply = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return reply if isinstance(reply, dict) and reply else None
