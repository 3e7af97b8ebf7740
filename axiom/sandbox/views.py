"""Iterators and the views of dictionaries, on the programs' side: what a candidate returns to code that checks it.

Checking code may ask for ``list(candidate(n))`` or ``set(candidate(d))``, which take any iterable. What was returned
travels with its items and becomes an iterator or view of the same kind again, so that ``==`` with a list stays false.

Covered: what is returned itself. Not covered: iterators inside other values, and those that do not end: both are
refused.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from axiom.sandbox.values import UnknownTypeError, View

_MAX_ITEMS = 1_000_000
OF_DICTIONARIES = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}


def viewed(value: Any) -> Any:
    """What is returned, with a :class:`View` in the place of an iterator or of a dictionary's view.

    Raises:
        UnknownTypeError: for an iterator that does not end.
    """
    kind: Any = "iterator" if isinstance(value, Iterator) else OF_DICTIONARIES.get(type(value))
    if kind is None:
        return value
    items = tuple(islice(value, _MAX_ITEMS + 1))
    if len(items) > _MAX_ITEMS:
        raise UnknownTypeError(f"a {type(value).__name__} of more than {_MAX_ITEMS:,} items cannot leave the sandbox")
    return View(kind, items)


def shown(value: Any) -> Any:
    """What was returned, as checking code finds it."""
    if not isinstance(value, View):
        return value
    if value.kind == "keys":
        return dict.fromkeys(value.items).keys()
    if value.kind == "values":
        return dict(enumerate(value.items)).values()
    return dict(value.items).items() if value.kind == "items" else iter(value.items)
