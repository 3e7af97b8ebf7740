"""Problems of one line, written as a row each: what a model learns first.

A row gives family, signature, statement, the right expression, the kind of each argument, and wrong expressions;
examples, edges and further inputs are drawn by kind.
"""

import itertools
import random
from collections.abc import Callable
from typing import Any

from axiom.problems.basics.authoring import Args, Draft

_WORDS = ("tree", "a", "Blue sky", "x1", "noon", "Zebra", "hello", "go go go", "7 days", "MiXed", "end.", "t o p")
_NAMES = (
    *("Ada", "Bo", "Carl", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kim", "Lea"),
    *("Mia", "Ned", "Olga", "Pia", "Quin", "Rosa", "Sam", "Tess", "Uma", "Vera", "Will", "Xena"),
)
_DRAW: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda rng: rng.randint(-60, 60),
    "positive": lambda rng: rng.randint(1, 40),
    "small": lambda rng: rng.randint(0, 30),
    "near": lambda rng: rng.randint(0, 8),
    "size": lambda rng: rng.randint(0, 5),
    "age": lambda rng: rng.randint(0, 99),
    "half": lambda rng: rng.randint(-40, 40) / 2,
    "length": lambda rng: rng.randint(1, 60) / 2,
    "bool": lambda rng: rng.random() < 0.5,
    "list": lambda rng: [rng.randint(-9, 9) for _ in range(rng.randint(0, 7))],
    "items": lambda rng: [rng.randint(-9, 9) for _ in range(rng.randint(2, 7))],
    "scores": lambda rng: [rng.randint(0, 5) for _ in range(rng.randint(0, 7))],
    "text": lambda rng: " ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 3))),
    "word": lambda rng: "".join(rng.choice("abcdexyzABX") for _ in range(rng.randint(1, 7))),
    "tune": lambda rng: "".join(rng.choice("aox") for _ in range(rng.randint(0, 8))),
    "words": lambda rng: [rng.choice(_WORDS) for _ in range(rng.randint(1, 4))],
    "name": lambda rng: rng.choice(_NAMES),
    "digits": lambda rng: str(rng.randint(0, 9999)),
    "numerals": lambda rng: [str(rng.randint(-99, 99)) for _ in range(rng.randint(0, 5))],
    "letter": lambda rng: rng.choice("aeoxy"),
    "symbol": lambda rng: chr(rng.randint(33, 125)),
    "dict": lambda rng: {name: rng.randint(-9, 20) for name in rng.sample(_NAMES[:5], rng.randint(0, 4))},
    "key": lambda rng: rng.choice(_NAMES[:5]),
}
_EDGES: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, -1, 10**9),
    "positive": (1, 2, 1000),
    "small": (0, 1, 2),
    "near": (0, 3, 4),
    "size": (0, 1, 3),
    "age": (0, 17, 18, 19, 49, 50, 51, 64, 65, 66),
    "half": (0.0, 0.5, -2.5),
    "length": (0.5, 1.0, 100.0),
    "bool": (True, False),
    "list": ([], [0], [5, 5, -3]),
    "items": ([1, 1], [0, -4, 7], [3, 2, 1, 0]),
    "scores": ([0, 3, 1, 5], [], [1, 1, 3], [4]),
    "text": ("", "a", "ape", "oak", "  X y "),
    "word": ("xyz", "aBa", "", "a"),
    "tune": ("aoa", "", "xx", "o"),
    "words": ([], ["one"], ["b", "a", "b"]),
    "name": ("", "Al", "Mary Ann"),
    "digits": ("0", "7", "100"),
    "numerals": ([], ["0"], ["-5", "12"]),
    "letter": ("a", "z"),
    "symbol": ("a", "Z", "0"),
    "dict": ({}, {"Ada": 1}, {"Bo": -2, "Ada": 5}),
    "key": ("Ada", "Bo", "Zed"),
}
_MOST_EDGES = 10

Row = tuple[str, str, str, str, str, tuple[str, ...]]


def draft_of(row: Row) -> Draft:
    """The draft of a row; the same row gives the same on every machine."""
    family, signature, statement, right, kinds, wrong = row
    names = kinds.split()
    rng = random.Random(signature)

    def draw(rng: random.Random) -> Args:
        return tuple(_DRAW[name](rng) for name in names)

    edges = list(itertools.islice(itertools.product(*(_EDGES[name] for name in names)), _MOST_EDGES))
    taken = [repr(edge) for edge in edges]
    examples = [args for args in (draw(rng) for _ in range(60)) if repr(args) not in taken][:2]
    return Draft(
        family=family,
        difficulty="easy",
        tags=("one_line",),
        statement=statement,
        reference=f"def {signature}:\n    return {right}\n",
        wrong=tuple(f"def {signature}:\n    return {expression}\n" for expression in wrong),
        examples=tuple(examples),
        edges=tuple(edges),
        generate=draw,
        compare="float" if "-> float" in signature else "exact",
    )
