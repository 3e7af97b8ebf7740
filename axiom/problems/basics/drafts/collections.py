"""Ranges, dictionaries and truth values."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_dict(rng: random.Random, low: int = -9, high: int = 9) -> dict[str, int]:
    return {key: rng.randint(low, high) for key in rng.sample("abcdefgh", rng.randint(1, 6))}


def _draw_distinct_values(rng: random.Random) -> Args:
    size = rng.randint(1, 6)
    return (dict(zip(rng.sample("abcdefgh", size), rng.sample(range(-9, 30), size), strict=True)),)


def _draw_flags(rng: random.Random) -> Args:
    flags = [True] * rng.randint(1, 15)
    if rng.random() < 0.5:
        flags[rng.randrange(len(flags))] = False
    return (flags,)


DRAFTS = [
    Draft(
        family="ranges",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of the integers from a up to b, both included, or an empty list if a is above b.",
        reference="""
def range_list(a: int, b: int) -> list[int]:
    return list(range(a, b + 1))
""",
        wrong=(
            "def range_list(a, b):\n    return list(range(a, b))\n",
            "def range_list(a, b):\n    return list(range(a + 1, b + 1))\n",
            "def range_list(a, b):\n    return list(range(min(a, b), max(a, b) + 1))\n",
            "def range_list(a, b):\n    return range(a, b + 1)\n",
        ),
        examples=((1, 4), (5, 5), (3, 1)),
        edges=((0, 0), (-2, 2), (0, 1), (2, 1), (-5, -3), (100, 160)),
        generate=lambda rng: (rng.randint(-15, 10), rng.randint(-5, 20)),
    ),
    Draft(
        family="ranges",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of the integers from n down to 1, or an empty list if n is less than 1.",
        reference="""
def count_down(n: int) -> list[int]:
    return list(range(n, 0, -1))
""",
        wrong=(
            "def count_down(n):\n    return list(range(n, 1, -1))\n",
            "def count_down(n):\n    return list(range(n, -1, -1))\n",
            "def count_down(n):\n    return list(range(1, n + 1))\n",
            "def count_down(n):\n    return list(range(n, 0))\n",
        ),
        examples=((3,), (5,), (0,)),
        edges=((1,), (2,), (-1,), (-8,), (10,), (120,)),
        generate=lambda rng: (rng.randint(1, 40),),
    ),
    Draft(
        family="dictionaries",
        difficulty="easy",
        tags=("dictionaries",),
        statement="Return a new dictionary that maps each value of d to its key. No two keys of d have the same value.",
        reference="""
def invert_dict(d: dict[str, int]) -> dict[int, str]:
    return {value: key for key, value in d.items()}
""",
        wrong=(
            "def invert_dict(d):\n    return {key: value for key, value in d.items()}\n",
            "def invert_dict(d):\n    return {value: key for key, value in d}\n",
            "def invert_dict(d):\n    return [(value, key) for key, value in d.items()]\n",
            "def invert_dict(d):\n    for key, value in d.items():\n        return {value: key}\n",
        ),
        examples=(({"a": 1, "b": 2},), ({"x": 5},)),
        edges=(({},), ({"": 0},), ({"a": -1, "b": 1},), ({"one": 1, "two": 2},), ({f"k{i}": i for i in range(40)},)),
        generate=_draw_distinct_values,
    ),
    Draft(
        family="dictionaries",
        difficulty="easy",
        tags=("dictionaries",),
        statement="Return a new dictionary with the entries of a and b; for a key in both, use the value from b.",
        reference="""
def merge_dicts(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
    return {**a, **b}
""",
        wrong=(
            "def merge_dicts(a, b):\n    return {**b, **a}\n",
            "def merge_dicts(a, b):\n    return a.update(b)\n",
            "def merge_dicts(a, b):\n    return {key: a.get(key, 0) + b.get(key, 0) for key in {**a, **b}}\n",
            "def merge_dicts(a, b):\n    return {key: b[key] for key in a if key in b}\n",
        ),
        examples=(({"a": 1}, {"b": 2}), ({"a": 1, "b": 2}, {"b": 3})),
        edges=(
            ({}, {}),
            ({"x": 1}, {}),
            ({}, {"x": 1}),
            ({"x": 5}, {"x": 0}),
            ({"a": 1, "b": -2}, {"b": 2, "a": -1}),
            ({f"k{i}": i for i in range(30)}, {f"k{i}": -i for i in range(20, 40)}),
        ),
        generate=lambda rng: (_draw_dict(rng), _draw_dict(rng)),
    ),
    Draft(
        family="dictionaries",
        difficulty="easy",
        tags=("dictionaries", "numbers"),
        statement="Return the sum of the values of the dictionary d.",
        reference="""
def sum_of_values(d: dict[str, int]) -> int:
    return sum(d.values())
""",
        wrong=(
            "def sum_of_values(d):\n    return sum(d)\n",
            "def sum_of_values(d):\n    return len(d)\n",
            "def sum_of_values(d):\n    return sum(set(d.values()))\n",
            "def sum_of_values(d):\n    for key in d:\n        total = 0\n        total += d[key]\n    return total\n",
        ),
        examples=(({"a": 1, "b": 2},), ({"x": -3, "y": 5},)),
        edges=(
            ({},),
            ({"a": 0},),
            ({"a": 7},),
            ({"a": 4, "b": 4},),
            ({"a": -1, "b": -9},),
            ({f"k{i}": i for i in range(60)},),
        ),
        generate=lambda rng: (_draw_dict(rng, -20, 50),),
    ),
    Draft(
        family="dictionaries",
        difficulty="easy",
        tags=("dictionaries", "searching"),
        statement="Return a list of the keys of d whose value equals value, in the order of the dictionary.",
        reference="""
def keys_with_value(d: dict[str, int], value: int) -> list[str]:
    return [key for key in d if d[key] == value]
""",
        wrong=(
            "def keys_with_value(d, value):\n    for key in d:\n        if d[key] == value:\n            return [key]\n"
            "    return []\n",
            "def keys_with_value(d, value):\n    return sorted(key for key in d if d[key] == value)\n",
            "def keys_with_value(d, value):\n    return [v for v in d.values() if v == value]\n",
            "def keys_with_value(d, value):\n    return d[value]\n",
        ),
        examples=(({"a": 1, "b": 2, "c": 1}, 1), ({"x": 3}, 4)),
        edges=(
            ({}, 0),
            ({"a": 0}, 0),
            ({"z": 2, "a": 2}, 2),
            ({"a": -1, "b": 1}, -1),
            ({"a": 5, "b": 6}, 7),
            ({f"k{i}": i % 2 for i in range(40)}, 1),
        ),
        generate=lambda rng: (_draw_dict(rng, 0, 2), rng.randint(0, 2)),
    ),
    Draft(
        family="booleans",
        difficulty="easy",
        tags=("booleans", "lists"),
        statement="Return True if every item of the list flags is True, otherwise False. An empty list gives True.",
        reference="""
def all_true(flags: list[bool]) -> bool:
    return all(flags)
""",
        wrong=(
            "def all_true(flags):\n    return any(flags)\n",
            "def all_true(flags):\n    for flag in flags:\n        return flag\n    return True\n",
            "def all_true(flags):\n    return bool(flags) and all(flags)\n",
            "def all_true(flags):\n    return flags[-1]\n",
        ),
        examples=(([True, False],), ([True, True],)),
        edges=(
            ([],),
            ([True],),
            ([False],),
            ([False, False],),
            ([False, True],),
            ([True, False, True],),
            ([True] * 80,),
            ([True] * 80 + [False],),
        ),
        generate=_draw_flags,
    ),
    Draft(
        family="booleans",
        difficulty="easy",
        tags=("booleans", "numbers"),
        statement="Return True if exactly one of the two numbers a and b is greater than 0, otherwise False.",
        reference="""
def exactly_one(a: int, b: int) -> bool:
    return (a > 0) != (b > 0)
""",
        wrong=(
            "def exactly_one(a, b):\n    return a > 0 or b > 0\n",
            "def exactly_one(a, b):\n    return a > 0 and b > 0\n",
            "def exactly_one(a, b):\n    return (a >= 0) != (b >= 0)\n",
            "def exactly_one(a, b):\n    return a > 0 and b < 0\n",
        ),
        examples=((3, -2), (1, 4), (-5, -1)),
        edges=((0, 0), (0, 1), (1, 0), (7, 7), (0, -1), (-1, 0), (-6, 2), (10**12, -(10**12))),
        generate=lambda rng: (rng.randint(-9, 9), rng.randint(-9, 9)),
    ),
]
