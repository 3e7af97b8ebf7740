"""What the command line says of a wrong option, in one line: which one, what was got, what there is.

jsonargparse tells the whole way that it tried, over as many lines as a type has alternatives; a user needs the last of
them. Reads its messages (4.53), and leaves those that it does not know as they are.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib import import_module
from inspect import signature

_UNKNOWN = re.compile(r"(?:does not accept option|Option) '([^']+)'")
_TYPES = {
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "list": "a list",
    "dict": "a mapping",
    "collections.abc.Sequence": "a list, such as [1,8]",
}


def plainly(message: str, options: Sequence[str]) -> str:
    """One line for one of the parser's messages.

    Args:
        message: of jsonargparse or argparse.
        options: dotted names of all that there are, for what was meant.
    """
    key = ".".join(re.findall(r'Parser key "([^"]+)"', message))
    where = f"{key}: " if key else ""
    if words := re.match(r"unrecognized arguments: (\S+)", message):
        word = words[1].partition("=")[0]
        return _no_such(word, options, prefix="--") if word.startswith("--") else f"unexpected word '{word}'"
    if in_class := re.search(r"class_path '([^']+)':\s+Option '([^']+)' is not accepted", message):
        name = in_class[1].rpartition(".")[2]
        known = ", ".join(_parameters(in_class[1]))
        return f"{where}{name} has no option '{in_class[2]}', {f'only {known}' if known else 'and none at all'}"
    if unknown := _UNKNOWN.search(message):
        return _no_such(f"{key}.{unknown[1]}" if key else unknown[1], options)
    if named := re.search(r"class_path '([^']+)':\s+No module named '([^']+)'", message):
        return f"{where}no class {named[1]}: there is no module '{named[2]}'"
    if named := re.search(r"class_path '([^']+)':\s+module '([^']+)' has no attribute", message):
        return f"{where}no class {named[1]}: module '{named[2]}' has none of this name"
    if lacking := re.search(r"class_path '([^']+)':\s+the following arguments are required: (.+)", message):
        return f"{where}{lacking[1].rpartition('.')[2]} has to be given {lacking[2].strip()}"
    if named := re.search(r"dot import path string: (\S+)", message):
        return f"{where}no class '{named[1]}'"
    if other := re.search(
        r"Import path (\S+ )?does not (?:correspond to a subclass of|implement protocol) (\w+)", message
    ):
        name = other[1] or f"{_given(message)} "
        return f"{where}{name}is no {other[2]}: it has to have the methods of that class"
    if failed := re.search(
        r"Expected a path but (\S+) either not accessible or invalid.*Errors:\s+- (.+)", message, re.S
    ):
        return f"{where}no class {failed[1]}: {' '.join(failed[2].partition('Expected a')[0].strip(' -').split())}"
    if file := re.search(r"File does not exist: '([^']+)'", message):
        return f"{where}{file[1]} not found"
    if expected := list(dict.fromkeys(_expected(message))):
        got = _given(message)
        return f"{where}expected {' or '.join(expected)}" + (f", got '{got}'" if got else "")
    return " ".join(message.split())


def _given(message: str) -> str:
    found = re.search(r"(?:Got value|Given value): (.+)", message)
    return found[1] if found else ""


def _expected(message: str) -> Iterable[str]:
    """What was wanted, each alternative in words."""
    for name, choices in re.findall(r"Expected a (?:<class '([\w.]+)'>|typing\.Literal\[(.+?)\])(?=[.\s]|$)", message):
        if choices:
            yield "one of " + ", ".join(choice.strip().strip("'") for choice in choices.split(","))
        elif name != "NoneType":
            yield _TYPES.get(name, f"a {name.rpartition('.')[2]}")


def _parameters(path: str) -> list[str]:
    """What a class is made with."""
    module, _, name = path.rpartition(".")
    return [one for one in signature(getattr(import_module(module), name)).parameters if one != "self"]


def _no_such(name: str, options: Sequence[str], *, prefix: str = "") -> str:
    """That there is no option of this name, and which ones are near."""
    plain = name.removeprefix("--")
    last = plain.rpartition(".")[2]
    near = get_close_matches(plain, options, n=1, cutoff=0.8)
    near = near or [one for one in options if one.rpartition(".")[2] == last][:2]
    meant = f"; did you mean {' or '.join(prefix + one for one in near)}?" if near else ""
    return f"{name}: no such option{meant}"
