"""The encoding of values: whatever is plain data comes back the same, and nothing else gets through."""

import json
import math
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiom.sandbox.values import MAX_DEPTH, UnhashedSet, ValueFormatError, decode, encode
from axiom.verification.comparison import matches

_HASHABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.builds(range, st.integers(), st.integers(), st.integers(1))
    | st.text()
    | st.binary(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=5,
)
_PLAIN = st.recursive(
    _HASHABLE,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.dictionaries(_HASHABLE, inner, max_size=3)
        | st.sets(_HASHABLE, max_size=3)
    ),
    max_leaves=10,
)


def _through_json(value: object) -> Any:
    return decode(json.loads(json.dumps(encode(value))))


def _kinds(value: object) -> object:
    """The types of a value's parts; a frozenset counts as a set, which is what it becomes at the top."""
    if isinstance(value, (list, tuple)):
        return type(value), [_kinds(item) for item in value]
    if isinstance(value, dict):
        return dict, [(_kinds(key), _kinds(item)) for key, item in value.items()]
    return set if isinstance(value, frozenset) else type(value)


@settings(max_examples=200, deadline=None)
@given(_PLAIN)
def test_plain_data_survives_the_round_trip(value: object) -> None:
    result = _through_json(value)
    assert result == value
    assert _kinds(result) == _kinds(value)


@pytest.mark.parametrize(
    "value",
    [
        {"$complex": [1]},
        {"$complex": [1, "2"]},
        {"$complex": [True, 1]},
        {"$range": [1, 2]},
        {"$range": [0, 1, 0]},
        {"$range": [0, 1.5, 1]},
        {"$view": ["iterator"]},
        {"$view": ["list", []]},
        {"$view": [[], []]},
        {"$view": ["keys", 3]},
        {"$view": ["items", [[1, 2]]]},
    ],
)
def test_a_malformed_number_range_or_view_is_refused(value: object) -> None:
    with pytest.raises(ValueFormatError, match="malformed"):
        decode(value)


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_infinities_survive_the_round_trip(number: float) -> None:
    assert encode(number) == {"$float": str(number)}
    assert _through_json(number) == number


def test_nan_survives_the_round_trip() -> None:
    assert math.isnan(_through_json(math.nan))


def test_an_integer_beyond_the_digit_limit_travels_in_hexadecimal() -> None:
    assert encode(1 << 2048) == {"$int": "1" + "0" * 512}
    assert _through_json(-(10**6000)) == -(10**6000)


@pytest.mark.parametrize(
    "items", [[1, 1 << 3000], [1.0, math.inf], [True, None, "a"], [1, 2.5, None], [1, (2,)], [], [-(1 << 2048)]]
)
def test_a_list_of_atoms_is_encoded_as_each_of_them_is(items: list[Any]) -> None:
    assert encode(items) == [encode(item) for item in items]
    assert encode(tuple(items)) == {"$tuple": [encode(item) for item in items]}
    decoded = decode(encode(items))
    assert decoded == items
    assert decoded is not items


def test_a_dictionary_whose_key_looks_like_a_tag_is_not_taken_for_one() -> None:
    assert encode({"$set": [1]}) == {"$dict": [["$set", [1]]]}
    assert _through_json({"$set": [1]}) == {"$set": [1]}


def test_instances_of_subclasses_travel_as_their_base_type() -> None:
    class Text(str):
        def __str__(self) -> str:
            return "other"

    class Items(list):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            return iter([9])

    assert type(_through_json(Text("a"))) is str
    assert _through_json(Text("a")) == "a"
    assert _through_json(Items([1, 2])) == [1, 2]


@pytest.mark.parametrize("value", [object(), iter([1]), (n for n in [1]), int, {}.keys(), [object()]])
def test_what_is_not_plain_data_is_refused(value: object) -> None:
    with pytest.raises(ValueFormatError, match="cannot leave the sandbox"):
        encode(value)


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_nesting_is_capped_in_both_directions() -> None:
    assert _through_json(_nested(MAX_DEPTH)) == _nested(MAX_DEPTH)
    with pytest.raises(ValueFormatError, match="deeper"):
        encode(_nested(MAX_DEPTH + 1))
    with pytest.raises(ValueFormatError, match="deeper"):
        decode(_nested(MAX_DEPTH + 1))


@pytest.mark.parametrize(
    "encoded",
    [
        {"$pickle": "x"},
        {"$tuple": [], "$set": []},
        {"$tuple": 1},
        {"$set": [[1]]},
        {"$bytes": "*"},
        {"$bytes": 5},
        {"$dict": [[1]]},
        {"$dict": [[[], 1]]},
        {"$float": "one"},
        {"$float": 10**400},
        {"$int": "xyz"},
        {"$int": 5},
    ],
)
def test_a_malformed_tagged_value_is_an_error(encoded: object) -> None:
    with pytest.raises(ValueFormatError, match=r"malformed|unknown"):
        decode(encoded)


def test_what_a_program_sent_is_not_hashed() -> None:
    encoded = {"$tuple": [{"$set": [1, {"$set": [2]}, {"$tuple": [{"$set": [3]}]}]}, {"$dict": [[{"$set": [4]}, 5]]}]}
    sent = decode(encoded, sets=UnhashedSet)
    members, entries = sent[0].members, sent[1].entries
    assert [members[0], members[1].members, members[2][0].members] == [1, [2], [3]]
    assert (entries[0][0].members, entries[0][1]) == ([4], 5)
    assert encode(sent) == encoded
    assert decode(encoded) == ({1, frozenset({2}), (frozenset({3}),)}, {frozenset({4}): 5})


def along_the_probes(bits: int) -> list[int]:
    """Integers of different hashes that a table of this many bits looks for at the same places, one after the other."""
    slots = 1 << bits
    taken, keys, place = bytearray(slots), [], 12345 % slots
    for index in range(int(slots * 0.55)):
        keys.append(place)
        taken[place] = 1 if index < slots * 0.275 else 2
        place = (5 * place + 1) % slots
    candidate, wanted = slots, len(keys) + slots // 10
    while len(keys) < wanted:
        candidate += 1
        place, rest = candidate % slots, candidate
        found = taken[place]
        while found and rest:
            rest >>= 5
            place = (5 * place + rest + 1) % slots
            found = taken[place]
        if found == 1:
            keys.append(candidate)
    return keys


@pytest.mark.parametrize("tag", ["$set", "$dict"])
@pytest.mark.parametrize("keys", [along_the_probes(15), [n * sys.hash_info.modulus for n in range(20_000)]])
def test_keys_made_to_collide_are_decoded_and_compared_as_fast_as_others(tag: str, keys: list[int]) -> None:
    def took_s(keys: list[int]) -> float:
        sent = {tag: keys if tag == "$set" else [[key, None] for key in keys]}
        other: Any = {-1, *range(1, len(keys))} if tag == "$set" else dict.fromkeys([-1, *range(1, len(keys))])
        began = time.process_time()
        assert not matches(decode(sent, sets=UnhashedSet), other, "exact")
        return time.process_time() - began

    assert took_s(keys) < 30 * took_s([*range(1, len(keys) + 1)])
