"""What programs do on inputs that nobody checks, so that candidates can be grouped by it.

Inputs are the statement's own examples and changed copies of their arguments (type-aware mutation, as EvalPlus makes
its tests, arXiv 2305.01210); no hidden test is read. Programs run in the judge's sandbox, and two behave alike where
they return the same, or raise the same exception, on every input (AlphaCode, arXiv 2203.07814; CodeT, 2207.10397).
"""

import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from axiom.problems.problem import Limits, Problem
from axiom.sandbox.protocol import Call, CallReply, Loaded, Raised, Returned, Sandbox
from axiom.sandbox.values import UnhashedDict, UnhashedSet, encode

_DIGITS = 9
_TRIES_PER_INPUT = 20
_FAILED = "!"
Args = tuple[Any, ...]


def generated_inputs(problem: Problem, *, count: int, seed: int) -> list[Args]:
    """Distinct arguments for a problem's function; the same seed gives the same ones.

    Args:
        problem: its public examples are what is changed.
        count: at most how many, the examples' own among them.
        seed: of the changes.

    Returns:
        None at all for a problem without examples, or whose examples are no calls.
    """
    rng = random.Random(f"{seed}|{problem.id}")
    found: dict[str, Args] = {}
    examples = problem.examples if problem.kind == "function" else ()
    for example in examples:
        if not example.kwargs:
            found.setdefault(_key(example.args), tuple(example.args))
    for _ in range(count * _TRIES_PER_INPUT):
        changeable = [args for args in found.values() if args]
        if not changeable or len(found) >= count:
            break
        changed = list(rng.choice(changeable))
        place = rng.randrange(len(changed))
        changed[place] = _changed(changed[place], rng)
        found.setdefault(_key(changed), tuple(changed))
    return list(found.values())[:count]


def behaviours(
    problem: Problem,
    sources: Sequence[str | None],
    inputs: Sequence[Args],
    *,
    sandbox: Sandbox,
    workers: int = 1,
    limits: Limits | None = None,
) -> list[str | None]:
    """What each program does on the inputs, as a text that is the same for those that do the same.

    Args:
        problem: whose function is called.
        sources: the programs; a text that stands twice runs once.
        inputs: what it is called with.
        sandbox: where they run; it stays open.
        workers: programs run at a time.
        limits: of each, over all inputs; None takes the problem's own.

    Returns:
        None for no program, one that does not load, and one that returns on no input.
    """
    limits = limits or problem.limits or Limits()
    distinct = list(dict.fromkeys(source for source in sources if source is not None)) if inputs else []

    def run(source: str) -> str | None:
        return _behaviour(sandbox, problem, source, inputs, limits)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        found: dict[str | None, str | None] = dict(zip(distinct, pool.map(run, distinct), strict=True))
    return [found.get(source) for source in sources]


def _behaviour(sandbox: Sandbox, problem: Problem, source: str, inputs: Sequence[Args], limits: Limits) -> str | None:
    session = sandbox.start(source, entry_point=problem.entry_point, limits=limits, prelude=problem.prelude, stdin=None)
    try:
        if not isinstance(session.load(), Loaded):
            return None
        replies = [_told(reply) for reply in session.calls([Call(args) for args in inputs])]
    finally:
        session.close()
    if all(reply.startswith(_FAILED) for reply in replies):
        return None
    return "\n".join(replies)


def _told(reply: CallReply) -> str:
    if isinstance(reply, Returned):
        try:
            return json.dumps(encode(_rounded(reply.value)), sort_keys=True)
        except RecursionError:  # to tell a value apart takes more of the stack than its nesting alone
            return f"{_FAILED}{RecursionError.__name__}"
    return f"{_FAILED}{reply.name if isinstance(reply, Raised) else type(reply).__name__}"


def _rounded(value: Any) -> Any:
    """With floats to nine digits: another order of a sum is no other behaviour."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, (list, tuple)):
        return type(value)(_rounded(item) for item in value)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, UnhashedSet):
        return UnhashedSet(sorted(value, key=repr))
    if isinstance(value, UnhashedDict):
        return UnhashedDict(sorted(((key, _rounded(item)) for key, item in value.items()), key=repr))
    return value


def _key(args: Sequence[Any]) -> str:
    return json.dumps(encode(list(args)), sort_keys=True)


def _changed(value: Any, rng: random.Random) -> Any:
    """Another value of the same type."""
    change = _CHANGES.get(type(value))
    return value if change is None else change(value, rng)


def _integer(value: int, rng: random.Random) -> int:
    return rng.choice((value + 1, value - 1, -value, 0, 2 * value, rng.randint(-20, 20), rng.randint(0, 100)))


def _float(value: float, rng: random.Random) -> float:
    return rng.choice((value + 1.0, value / 2, -value, 0.0, round(rng.uniform(-20, 20), 2)))


def _text(value: str, rng: random.Random) -> str:
    place = rng.randint(0, len(value))
    shuffled = "".join(rng.sample(value, len(value)))
    letter = rng.choice(value or "ab c")
    return rng.choice(
        (value[:place], value[place:], value[::-1], value + value, shuffled, value[:place] + letter + value[place:],
         value.upper(), value.lower(), "")
    )  # fmt: skip


def _items(value: list[Any], rng: random.Random) -> list[Any]:
    items = list(value)
    if not items or rng.random() < 0.1:
        return [] if items else [rng.randint(-9, 9)]
    place = rng.randrange(len(items))
    kind = rng.randrange(5)
    if kind == 0:
        del items[place]
    elif kind == 1:
        items.insert(place, items[rng.randrange(len(items))])
    elif kind == 2:
        rng.shuffle(items)
    elif kind == 3:
        items.insert(place, _changed(items[place], rng))
    else:
        items[place] = _changed(items[place], rng)
    return items


def _mapping(value: dict[Any, Any], rng: random.Random) -> dict[Any, Any]:
    entries = dict(value)
    if not entries:
        return entries
    key = rng.choice(list(entries))
    if rng.random() < 0.5:
        del entries[key]
    else:
        entries[key] = _changed(entries[key], rng)
    return entries


_CHANGES: dict[type, Callable[[Any, random.Random], Any]] = {
    bool: lambda value, rng: not value,
    int: _integer,
    float: _float,
    str: _text,
    list: _items,
    tuple: lambda value, rng: tuple(_changed(item, rng) for item in value),
    set: lambda value, rng: set(_items(sorted(value, key=repr), rng)),
    dict: _mapping,
}
