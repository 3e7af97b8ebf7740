"""The values that cross the boundary: plain Python data to and from tagged JSON.

Problem files and the wire between judge and sandbox use one encoding. JSON's own words stay as they are;
what JSON has no word for is an object with a single tag::

    {"$tuple": [...]}  {"$set": [...]}  {"$bytes": "base64"}  {"$dict": [[key, value], ...]}
    {"$float": "nan" | "inf" | "-inf"}  {"$int": "hexadecimal"}
    {"$complex": [real, imaginary]}  {"$range": [start, stop, step]}
    {"$list_node": [...]}  {"$tree_node": [root, left, right, ...]}

The last two are LeetCode's linked list and its binary tree, level by level with null for what is missing; an empty one
is None, as it is there. On the wire alone, from a candidate to code that checks it, go iterators and the views of
dictionaries, with what they hold: ``{"$view": ["iterator" | "keys" | "values" | "items", [...]]}``.

A dictionary travels as a JSON object when all its keys are strings that do not start with ``$``.
Instances of subclasses of the built-in types travel as their base type, NumPy's scalars as the numbers that they hold.
Anything else is refused.

Covered: no code runs on decoding; nesting is capped, so neither side's stack is at risk; integers of any
size travel in hexadecimal, which takes linear time; what a program sent is never hashed on the judge's side, because
keys can be laid along the places where CPython's tables look, and then take quadratic time. Not covered here: the size
of a message, which the reader of the frame caps. Assumes: nothing about the sender, and for the names in JSON objects
that PYTHONHASHSEED does not fix the hashes of the judge's texts.
"""

import base64
import binascii
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

MAX_DEPTH = 200
_PLAIN_INT_BITS = 2048
_ATOMS = frozenset({type(None), bool, int, float, str})
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


ViewKind = Literal["iterator", "keys", "values", "items"]
_VIEW_KINDS: tuple[ViewKind, ...] = get_args(ViewKind)


class ValueFormatError(ValueError):
    """A value that has no place in the encoding, or an encoded value that is malformed."""


class UnknownTypeError(ValueFormatError):
    """A value of a type that has no place in the encoding."""


@dataclass(frozen=True, slots=True)
class LinkedList:
    """The values of a linked list, at least one."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class BinaryTree:
    """The values of a binary tree, level by level; None where a node is missing."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class View:
    """An iterator, or the keys, values or items of a dictionary.

    Attributes:
        kind: which of them.
        items: what it gives, in order.
    """

    kind: ViewKind
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class UnhashedSet:
    """A set that a program sent: its items in a row, twice where the program says so."""

    members: list[Any]

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.members)


@dataclass(frozen=True, slots=True, eq=False)
class UnhashedDict:
    """A dictionary that a program sent, whose keys are not all texts: its entries in a row."""

    entries: list[tuple[Any, Any]]

    def __len__(self) -> int:
        return len(self.entries)

    def items(self) -> list[tuple[Any, Any]]:
        """The entries, as a dictionary gives them."""
        return self.entries


SetType = type[set[Any]] | type[frozenset[Any]] | type[UnhashedSet]


def encode(value: object, *, depth: int = 0) -> Any:
    """Turn plain Python data into data that ``json.dumps`` accepts.

    Args:
        value: None, bool, int, float, complex, str, bytes, list, tuple, range, set, frozenset or dict, or what
            :func:`decode` made of them, nested at most ``MAX_DEPTH`` deep.
        depth: nesting so far; callers leave it alone.

    Raises:
        UnknownTypeError: for any other type.
        ValueFormatError: for deeper nesting.
    """
    if depth > MAX_DEPTH:
        raise ValueFormatError(f"value nested deeper than {MAX_DEPTH} levels")
    if value is None or value is True or value is False:
        return value
    for base, convert in _ENCODERS:
        if isinstance(value, base):
            return convert(value, depth + 1)
    scalar = getattr(sys.modules.get("numpy"), "generic", None)  # never imported for this
    if isinstance(scalar, type) and isinstance(value, scalar):
        return encode(value.item(), depth=depth + 1)  # type: ignore[attr-defined]
    raise UnknownTypeError(f"a value of type {type(value).__name__} cannot leave the sandbox")


def decode(value: object, *, depth: int = 0, sets: SetType = set) -> Any:
    """Turn data from ``json.loads`` back into plain Python data; the inverse of :func:`encode`.

    Args:
        value: what ``json.loads`` returned.
        depth: nesting so far; callers leave it alone.
        sets: what sets become: ``frozenset`` inside a set or as a dictionary's key, ``UnhashedSet`` where a program
            sent the value; dictionaries are an ``UnhashedDict`` then.

    Raises:
        ValueFormatError: for an unknown tag, a malformed tagged value, or nesting beyond ``MAX_DEPTH``.
    """
    if depth > MAX_DEPTH:
        raise ValueFormatError(f"value nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, list):
        if _ATOMS.issuperset(map(type, value)):
            return value[:]
        return [decode(item, depth=depth + 1, sets=sets) for item in value]
    if isinstance(value, dict):
        return _decode_object(value, depth + 1, sets)
    return value


def _encode_int(value: int, depth: int) -> Any:
    plain = int(value)
    return plain if plain.bit_length() <= _PLAIN_INT_BITS else {"$int": format(plain, "x")}


def _encode_float(value: float, depth: int) -> Any:
    plain = float(value)
    return plain if math.isfinite(plain) else {"$float": str(plain)}


def _encode_sequence(value: Any, depth: int) -> Any:
    items = list(value)
    return items if _is_plain(items) else [encode(item, depth=depth) for item in items]


def _is_plain(items: list[Any]) -> bool:
    """Whether JSON has words for the items as they are; long lists are mostly of one such type."""
    kinds = set(map(type, items))
    if kinds == {int}:
        return max(map(int.bit_length, items)) <= _PLAIN_INT_BITS
    return all(map(math.isfinite, items)) if kinds == {float} else kinds <= {str, bool, type(None)}


def _encode_dict(value: dict[Any, Any], depth: int) -> Any:
    items = list(dict.items(value))
    if all(type(key) is str and not key.startswith("$") for key, _ in items):
        return {key: encode(item, depth=depth) for key, item in items}
    return _encode_entries(items, depth)


def _encode_entries(entries: list[tuple[Any, Any]], depth: int) -> Any:
    return {"$dict": [[encode(key, depth=depth), encode(item, depth=depth)] for key, item in entries]}


_ENCODERS: tuple[tuple[type | tuple[type, ...], Callable[[Any, int], Any]], ...] = (
    (int, _encode_int),
    (float, _encode_float),
    (str, lambda value, depth: str.__str__(value)),
    (list, lambda value, depth: _encode_sequence(list.__iter__(value), depth)),
    (tuple, lambda value, depth: {"$tuple": _encode_sequence(tuple.__iter__(value), depth)}),
    (dict, _encode_dict),
    (set, lambda value, depth: {"$set": _encode_sequence(set.__iter__(value), depth)}),
    (frozenset, lambda value, depth: {"$set": _encode_sequence(frozenset.__iter__(value), depth)}),
    (UnhashedSet, lambda value, depth: {"$set": _encode_sequence(value.members, depth)}),
    (UnhashedDict, lambda value, depth: _encode_entries(value.entries, depth)),
    (LinkedList, lambda value, depth: {"$list_node": _encode_sequence(value.values, depth)}),
    (BinaryTree, lambda value, depth: {"$tree_node": _encode_sequence(value.values, depth)}),
    (complex, lambda value, depth: {"$complex": [_encode_float(part, depth) for part in (value.real, value.imag)]}),
    (
        range,
        lambda value, depth: {"$range": [_encode_int(part, depth) for part in (value.start, value.stop, value.step)]},
    ),
    (View, lambda value, depth: {"$view": [value.kind, _encode_sequence(value.items, depth)]}),
    ((bytes, bytearray), lambda value, depth: {"$bytes": base64.b64encode(bytes(value)).decode()}),
)


def _decode_object(value: dict[str, Any], depth: int, sets: SetType) -> Any:
    tag = next((key for key in value if key.startswith("$")), None)
    if tag is None:
        return {key: decode(item, depth=depth, sets=sets) for key, item in value.items()}
    if len(value) != 1 or tag not in _DECODERS:
        raise ValueFormatError(f"unknown tagged value {tag!r}; expected one of {', '.join(_DECODERS)}")
    try:
        return _DECODERS[tag](value[tag], depth, sets)
    except (TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise ValueFormatError(f"malformed {tag} value: {error}") from error


def _items(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return value


def _decode_tuple(value: object, depth: int, sets: SetType) -> tuple[Any, ...]:
    return tuple(decode(item, depth=depth, sets=sets) for item in _items(value))


def _decode_set(value: object, depth: int, sets: SetType) -> set[Any] | frozenset[Any] | UnhashedSet:
    return sets([decode(item, depth=depth, sets=_inside(sets)) for item in _items(value)])


def _decode_dict(value: object, depth: int, sets: SetType) -> dict[Any, Any] | UnhashedDict:
    pairs = [_items(pair) for pair in _items(value)]
    if any(len(pair) != 2 for pair in pairs):
        raise TypeError("expected [key, value] pairs")
    entries = [
        (decode(key, depth=depth, sets=_inside(sets)), decode(item, depth=depth, sets=sets)) for key, item in pairs
    ]
    return UnhashedDict(entries) if sets is UnhashedSet else dict(entries)


def _inside(sets: SetType) -> SetType:
    """What a set becomes that is an item of another, or a dictionary's key."""
    return frozenset if sets is set else sets


def _decode_complex(value: object, depth: int, sets: SetType) -> complex:
    real, imaginary = _decode_tuple(value, depth, sets)
    if not all(type(part) in (int, float) for part in (real, imaginary)):
        raise TypeError("expected two numbers")
    return complex(real, imaginary)


def _decode_range(value: object, depth: int, sets: SetType) -> range:
    start, stop, step = _decode_tuple(value, depth, sets)
    return range(start, stop, step)


def _decode_view(value: object, depth: int, sets: SetType) -> View:
    kind, items = _items(value)
    if kind not in _VIEW_KINDS:
        raise ValueError(f"expected one of {', '.join(_VIEW_KINDS)}")
    decoded = tuple(decode(item, depth=depth, sets=_inside(sets)) for item in _items(items))
    if kind == "items" and not all(isinstance(item, tuple) and len(item) == 2 for item in decoded):
        raise TypeError("expected (key, value) tuples")
    return View(kind, decoded)


def _decode_list(value: object, depth: int, sets: SetType) -> LinkedList | None:
    values = _decode_tuple(value, depth, sets)
    return LinkedList(values) if values else None


def _decode_tree(value: object, depth: int, sets: SetType) -> BinaryTree | None:
    """Each value needs a parent, and the root a value."""
    values = _decode_tuple(value, depth, sets)
    places = 1
    for index, item in enumerate(values):
        if not places or (index == 0 and item is None):
            raise ValueError(f"value {index} of the tree has no parent" if index else "the tree's root is null")
        places += -1 if item is None else 1
    return BinaryTree(values) if values else None


_DECODERS: dict[str, Callable[[Any, int, SetType], Any]] = {
    "$tuple": _decode_tuple,
    "$set": _decode_set,
    "$dict": _decode_dict,
    "$list_node": _decode_list,
    "$tree_node": _decode_tree,
    "$complex": _decode_complex,
    "$range": _decode_range,
    "$view": _decode_view,
    "$bytes": lambda value, depth, sets: base64.b64decode(value, validate=True),
    "$float": lambda value, depth, sets: _NOT_FINITE[value] if value in _NOT_FINITE else float(value),
    "$int": lambda value, depth, sets: int(value, 16),
}
