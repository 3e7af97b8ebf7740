"""The kinds of hidden test, and their JSON.

A line's test is an object that says its kind by its fields::

    {"args": [...], "expected": value}                    a call of the entry point
    {"args": [...], "raises": "ValueError"}               a call that must raise
    {"args": [...], "expected_args": [...]}               a call that leaves its result in its arguments
    {"methods": [...], "arguments": [[...], ...], "expected": [...]}    a class that is driven (design problems)
    {"stdin": "text", "stdout": "text"}                   a whole program
    {"check": "def check(candidate): ..."}                HumanEval's form

Calls and classes may name how results are compared, ``"compare"``: one of :data:`Compare`, ``exact`` where they do not.
Values are plain Python data (:mod:`axiom.sandbox.values`); ``{"$list_node": [...]}`` and ``{"$tree_node": [...]}``
stand for LeetCode's ListNode and TreeNode.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from axiom.errors import ProblemError
from axiom.sandbox.values import ValueFormatError, decode, encode

Compare = Literal["exact", "float", "unordered", "unordered_nested", "lines"]
# Other names of one class; what it says of itself is the latter.
_SAME_CLASS = {
    "IOError": "OSError",
    "EnvironmentError": "OSError",
    "WindowsError": "OSError",
    "socket.error": "OSError",
    "select.error": "OSError",
    "socket.timeout": "TimeoutError",
}
COMPARISONS: tuple[str, ...] = get_args(Compare)
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)  # the last is the parser's for too deep nesting
LISTS: tuple[Compare, ...] = ("unordered", "unordered_nested")  # of an iterator, too


@dataclass(frozen=True, slots=True)
class CallTest:
    """One call of the entry point and what it must do.

    Attributes:
        args: positional arguments, plain Python data.
        kwargs: keyword arguments.
        expected: the value that the call must return; ignored where ``raises`` is set.
        raises: name of the exception class that the call must raise instead, it or one derived from it, or None.
        expected_args: what the positional arguments must be after the call, or None where that is not looked at;
            with it, a result is compared only where ``expected`` is not None.
        compare: how the returned value is compared with ``expected``.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    expected: Any = None
    raises: str | None = None
    expected_args: tuple[Any, ...] | None = None
    compare: Compare = "exact"


@dataclass(frozen=True, slots=True)
class ClassTest:
    """A class whose object is driven by calls of its methods.

    Attributes:
        methods: the class's name first, which makes the object, then methods.
        arguments: positional arguments of each.
        expected: what each must return; the first is not looked at.
        compare: how each is compared.
    """

    methods: tuple[str, ...]
    arguments: tuple[tuple[Any, ...], ...]
    expected: tuple[Any, ...]
    compare: Compare = "exact"


@dataclass(frozen=True, slots=True)
class ProgramTest:
    """A program that reads its standard input and prints.

    Attributes:
        stdin: what it reads.
        stdout: what it must print, white space at the ends of lines and of the text apart.
    """

    stdin: str
    stdout: str


@dataclass(frozen=True, slots=True)
class CheckTest:
    """Code that checks the entry point, run in a jail of its own where ``candidate`` is a proxy.

    Attributes:
        check: source that defines ``check(candidate)``, which raises for a wrong candidate. The problem's prelude
            runs before it.
    """

    check: str


HiddenTest = CallTest | ClassTest | ProgramTest | CheckTest


def hidden_test_from_json(item: object, where: str) -> HiddenTest:
    """Read one test.

    Args:
        item: the decoded JSON.
        where: its place in the problem, for errors.

    Raises:
        ProblemError: naming the field, what was found and what was expected.
    """
    if not isinstance(item, dict):
        raise ProblemError(f"field '{where}': expected an object, got {item!r}")
    try:
        if "check" in item:
            return CheckTest(**_texts(CheckTest, item, where))
        if "stdin" in item:
            return ProgramTest(**_texts(ProgramTest, item, where))
        return _class_test(item, where) if "methods" in item else _call_test(item, where)
    except (ValueFormatError, RecursionError) as error:
        raise ProblemError(f"field '{where}': {error}") from error


def hidden_test_to_json(test: HiddenTest) -> dict[str, Any]:
    """The JSON object of a test; fields at their default are left out."""
    if isinstance(test, CheckTest):
        return {"check": test.check}
    if isinstance(test, ProgramTest):
        return {"stdin": test.stdin, "stdout": test.stdout}
    compare = {} if test.compare == "exact" else {"compare": test.compare}
    if isinstance(test, ClassTest):
        values = {name: encode([*map(_listed, getattr(test, name))]) for name in ("methods", "arguments", "expected")}
        return values | compare
    record: dict[str, Any] = {"args": encode(list(test.args))}
    if test.kwargs:
        record["kwargs"] = {key: encode(value) for key, value in test.kwargs.items()}
    if test.expected_args is not None:
        record["expected_args"] = encode(list(test.expected_args))
    if test.raises is not None:
        record["raises"] = test.raises
    elif test.expected_args is None or test.expected is not None:
        record["expected"] = encode(test.expected)
    return record | compare


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _only(item: dict[str, Any], kind: type, where: str) -> None:
    fields = kind.__slots__  # type: ignore[attr-defined]
    unknown = sorted(set(item) - set(fields))
    if unknown:
        raise ProblemError(f"field '{where}.{unknown[0]}' is unknown; expected {', '.join(fields)}")


def _texts(kind: type, item: dict[str, Any], where: str) -> dict[str, str]:
    _only(item, kind, where)
    for name in ("stdin", "stdout") if kind is ProgramTest else item:
        if not isinstance(item.get(name), str):
            raise ProblemError(f"field '{where}.{name}': expected a string, got {item.get(name)!r}")
    if kind is CheckTest:
        refuse_unparsable(item["check"], f"{where}.check")
        if "def check(" not in item["check"]:
            raise ProblemError(f"field '{where}.check': expected code that defines check(candidate)")
    return item


def refuse_unparsable(source: str, where: str) -> None:
    """Make sure that a problem's code parses.

    Raises:
        ProblemError: naming the field, and why it does not.
    """
    try:
        ast.parse(source)
    except UNPARSABLE as error:
        raise ProblemError(f"field '{where}': does not parse: {error or 'nested too deep'}") from error


def _class_test(item: dict[str, Any], where: str) -> ClassTest:
    _only(item, ClassTest, where)
    methods, args, expected = (item.get(name) for name in ("methods", "arguments", "expected"))
    for name, value in (("methods", methods), ("arguments", args), ("expected", expected)):
        if not isinstance(value, list) or len(value) != len(methods or ()) or not value:
            raise ProblemError(f"field '{where}.{name}': expected a list, of the same length as 'methods'")
    assert isinstance(methods, list)
    assert isinstance(args, list)
    if not all(isinstance(name, str) for name in methods) or not all(isinstance(each, list) for each in args):
        raise ProblemError(f"field '{where}': 'methods' holds names and 'arguments' a list for each")
    decoded = tuple(tuple(decode(each)) for each in args)
    return ClassTest(tuple(methods), decoded, tuple(decode(expected)), _compare(item, where))


def _compare(item: dict[str, Any], where: str) -> Compare:
    compare = item.get("compare", "exact")
    if compare not in COMPARISONS:
        raise ProblemError(f"field '{where}.compare': {compare!r} is not one of {', '.join(COMPARISONS)}")
    return compare  # type: ignore[no-any-return]


def _call_test(item: dict[str, Any], where: str) -> CallTest:
    _only(item, CallTest, where)
    told = [name for name in ("expected", "expected_args", "raises") if name in item]
    if not told or ("raises" in told and len(told) > 1):
        raise ProblemError(f"field '{where}': expected 'raises' alone, or 'expected', 'expected_args' or both")
    after = item.get("expected_args")
    if after is not None and not isinstance(after, list):
        raise ProblemError(f"field '{where}.expected_args': expected a list, got {after!r}")
    args, kwargs = item.get("args", []), item.get("kwargs", {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise ProblemError(f"field '{where}': 'args' must be a list and 'kwargs' an object")
    raises = item.get("raises")
    if raises is not None and not (isinstance(raises, str) and all(map(str.isidentifier, raises.split(".")))):
        raise ProblemError(f"field '{where}.raises': expected the name of an exception, got {raises!r}")
    return CallTest(
        args=tuple(decode(args)),
        kwargs={key: decode(value) for key, value in kwargs.items()},
        expected=decode(item.get("expected")),
        raises=None if raises is None else _SAME_CLASS.get(raises, raises.rpartition(".")[2]),
        expected_args=None if after is None else tuple(decode(after)),
        compare=_compare(item, where),
    )
