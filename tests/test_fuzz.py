"""Whatever bytes a program sends, the judge's end gives an answer of its protocol: no crash, no hang, no growth.

``make fuzz`` runs the same properties on many more examples.
"""

import gc
import json
import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axiom.problems.problem import Limits
from axiom.sandbox import frames
from axiom.sandbox.kernel import Ended
from axiom.sandbox.protocol import Call, Loaded, Raised, Refused, Returned, Stopped
from axiom.sandbox.session import ProgramSession
from axiom.sandbox.values import BinaryTree, LinkedList, UnhashedDict, UnhashedSet, ValueFormatError, decode

EXAMPLES = int(os.environ.get("AXIOM_FUZZ_EXAMPLES", "300"))
fuzzed = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=True
)
PLAIN = (type(None), bool, int, float, str, bytes, list, tuple, set, frozenset, dict, LinkedList, BinaryTree,
         UnhashedSet, UnhashedDict)  # fmt: skip

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["nan", "-inf"])
)
tags = st.sampled_from(
    ["$tuple", "$set", "$bytes", "$dict", "$float", "$int", "$list_node", "$tree_node", "$nothing", "$", "a"]
)
encoded = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.builds(lambda tag, value: {tag: value}, tags, inner)
        | st.builds(
            lambda tag, pairs: {tag: pairs}, tags, st.lists(st.lists(inner, min_size=2, max_size=2), max_size=3)
        )
    ),
    max_leaves=20,
)
words = st.sampled_from(
    ["returned", "raised", "message", "refused", "loaded", "syntax", "args", "call", "kwargs", "done", "check"]
)
replies = st.dictionaries(words, encoded, max_size=3)


class Wire(ProgramSession):
    """The judge's end over a socket into which the test writes what a program would."""

    def __init__(self, said: bytes, *, cut: int) -> None:
        channel, self.program = socket.socketpair()
        output, printing = os.pipe()
        os.close(printing)
        super().__init__(
            limits=Limits(cpu_s=5.0, wall_s=5.0), channel=channel, output=output, on_close=lambda session: None
        )
        self._rest = [said[:cut], said[cut:]]
        self.program.send(b"!")  # never taken from the socket, so there is always something to read

    def _take(self) -> bytes | None:
        if self._rest:
            return self._rest.pop(0) or None
        return b""

    def _pid(self) -> int:
        return 0

    def _kill(self) -> None:
        self.program.close()

    def _reap(self) -> Ended:
        self.program.close()
        return Ended(0, 0.0, 0)


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def plain(value: Any) -> bool:
    inside: list[Any] = []
    if isinstance(value, (dict, UnhashedDict)):
        inside = [part for entry in value.items() for part in entry]
    elif isinstance(value, (LinkedList, BinaryTree)):
        inside = list(value.values)
    elif isinstance(value, (list, tuple, set, frozenset, UnhashedSet)):
        inside = list(value)
    return type(value) in PLAIN and all(map(plain, inside))


@fuzzed
@given(encoded, st.sampled_from([set, UnhashedSet]))
def test_decoding_gives_plain_data_or_one_kind_of_error(value: Any, sets: Any) -> None:
    try:
        found = decode(json.loads(json.dumps(value)), sets=sets)
    except ValueFormatError:
        return
    assert plain(found)


@pytest.mark.parametrize(
    "use",
    [
        lambda session: [session.load()],
        lambda session: list(session.calls([Call((1,)), Call((2,), {"k": 3}), Call((), args_after=True)])),
        lambda session: [session.check(lambda args, kwargs: Returned(1), name="f")],
    ],
    ids=["load", "calls", "check"],
)
@fuzzed
@given(bodies=st.lists(st.binary(max_size=20) | replies.map(lambda r: json.dumps(r).encode()), max_size=5),
       tail=st.binary(max_size=6), cut=st.integers(0, 60))  # fmt: skip
def test_any_bytes_get_a_reply_of_the_protocol(
    use: Callable[[Wire], list[Any]], bodies: list[bytes], tail: bytes, cut: int
) -> None:
    session = Wire(b"".join(map(framed, bodies)) + tail, cut=cut)
    try:
        found = use(session)
    finally:
        session.close()
    assert found
    assert all(isinstance(reply, (Loaded, Returned, Refused, Raised, Stopped)) for reply in found)
    assert all(isinstance(reply, (Loaded, Returned)) or reply.message.isprintable() for reply in found)
    assert all(plain(reply.value) for reply in found if isinstance(reply, Returned))


def test_a_frame_that_claims_more_than_the_cap_is_not_waited_for() -> None:
    session = Wire((frames.MAX_FRAME_BYTES + 1).to_bytes(4, "big") + b"x", cut=3)
    reply = session.load()
    session.close()
    assert isinstance(reply, Stopped)
    assert reply.cause == "output"


@pytest.mark.parametrize(
    ("body", "most_bytes", "refused"),
    [
        (b'{"returned": "' + b"x" * 65_000 + b'"}', 0, False),
        (b'{"returned": "' + b"x" * 66_000 + b'"}', 0, True),
        (b'{"returned": "' + b"x" * 66_000 + b'"}', 1000, False),
        (b'{"returned": [' + b"[], " * 20_000 + b"[]]}", 16_000, True),
        (b'{"returned": [' + b"[], " * 20_000 + b"[]]}", 1_000_000, False),
        (b'{"returned": [' + b"[]," * 5_000_000 + b"[]]}", None, True),
        (b'{"returned": [' + b"1," * 500_000 + b"1]}", None, False),
    ],
    ids=range(7),
)
def test_a_reply_larger_than_a_right_one_is_refused_unread(body: bytes, most_bytes: int | None, refused: bool) -> None:
    session = Wire(framed(body), cut=0)
    (reply,) = session.calls([Call((), most_bytes=None if most_bytes is None else lambda: most_bytes)])
    session.close()
    assert isinstance(reply, Refused if refused else Returned)


@pytest.mark.parametrize("kind", ["returned", "args"])
def test_a_number_that_no_float_holds_is_malformed(kind: str) -> None:
    body = json.dumps({"returned": 0, "args": []} | {kind: [{"$float": 10**400}]})
    session = Wire(framed(body.encode()), cut=0)
    (reply,) = session.calls([Call((), args_after=True)])
    session.close()
    assert isinstance(reply, Stopped)
    assert reply.cause == "malformed"


def test_of_a_long_text_no_more_is_read_than_is_shown() -> None:
    session = Wire(framed(b'{"raised": "E", "message": "' + b"\x7f" * 15_000_000 + b'"}'), cut=0)
    (reply,) = session.calls([Call(())])
    session.close()
    assert reply == Raised("E", r"\x7f" * 200)


def test_nothing_is_kept_of_sessions_that_are_over() -> None:
    def some() -> None:
        for _ in range(200):
            session = Wire(framed(b'{"returned": [1, 2, 3]}') * 5, cut=7)
            list(session.calls([Call((1,)), Call((2,))]))
            session.close()

    some()
    gc.collect()
    objects, descriptors = len(gc.get_objects()), len(os.listdir("/proc/self/fd"))
    some()
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert len(gc.get_objects()) < objects + 100


@pytest.mark.parametrize(
    "call", [None, 3, {}, {"args": 1, "kwargs": {}}, {"args": [], "kwargs": []}, {"args": [], "kwargs": {"$x": 1}}]
)
def test_a_proxied_call_without_arguments_is_none(call: Any) -> None:
    assert frames.proxied(call) is None
