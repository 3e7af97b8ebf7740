"""Sample -> Program: the code taken from what the model answered.

:func:`extract_program` is generous about form (prose, fences, reasoning, a bare body) and never repairs code: what
was fenced and does not parse is returned as it stands, and the judge says so.

Covered: any text; nothing is executed and no exception leaves :func:`extract_program`.
Not covered: code split over several blocks, which is not merged.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """The code taken from a Sample.

    Attributes:
        source: Python source with ``\\n`` line ends; it need not parse.
    """

    source: str


def reasoning_stripped(text: str) -> str:
    """The text without the model's reasoning.

    ``<think>…</think>`` goes; so does everything after a ``<think>`` that is never closed, and everything
    before a ``</think>`` that was opened in the prompt. A tag in quotation marks is text, not a tag.
    """
    kept: list[str] = []
    position, thinking = 0, False
    for tag in _THINK_TAG.finditer(text):
        if _quoted(text, tag):
            continue
        if tag[1]:
            if not thinking:
                kept.clear()
            position, thinking = tag.end(), False
        elif not thinking:
            kept.append(text[position : tag.start()])
            thinking = True
    return "".join(kept) if thinking else "".join(kept) + text[position:]


def extract_program(text: str, *, entry_point: str, starter: str = "") -> Program | None:
    """The code in a model's answer, or None where there is none; never raises.

    In this order: the whole answer, where it goes on from the starter and compiles; the last fenced block that
    compiles and defines the entry point; the last one that means to define it and does not compile; unfenced code
    that defines it; the last other block of Python; unfenced code that defines anything. A block that does not
    compile yields to one that does, because the last block is often cut off by the length limit.

    Args:
        text: the raw completion.
        entry_point: the function or class that the tests call; also found as a method of ``class Solution``. Empty for
            a whole program: the last block labelled as Python that compiles, the last unlabelled one that compiles and
            is not a sample of input or output, the last block at all, or the answer where that compiles.
        starter: first lines of the function; an answer that is only its body is completed with them.
    """
    answer = reasoning_stripped(_END_OF_TEXT.split(text, maxsplit=1)[0])
    answer = answer.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    if not entry_point:
        return _script(answer)
    if starter and (whole := _continued(answer, entry_point=entry_point, starter=starter)):
        return Program(whole)
    blocks = [_completed(block, entry_point=entry_point, starter=starter) for block in _blocks(answer)]
    blocks = [block for block in blocks if block.source]
    source = (
        _last(blocks, lambda block: _defines(_compiled(block.source)[0], entry_point))
        or _last(blocks, lambda block: _names(block.source, entry_point))
        or _bare(answer, entry_point=entry_point, starter=starter)
        or _last(blocks, lambda block: block.label in _PYTHON)
        or _last(blocks, lambda block: not block.label)
        or _bare(answer, entry_point=None, starter="")
    )
    return Program(source) if source else None


_THINK_TAG = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_END_OF_TEXT = re.compile(r"<\|(?:im_end|endoftext|eot_id|end_of_text)\|>")
_PYTHON = frozenset({"python", "py", "python3", "py3", "ipython"})
_FENCE = re.compile(r"(?P<before>[^`~]*)(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_LABEL = re.compile(r"\{?\.?(?P<label>[\w+#-]*)\}?")
_CODE_START = re.compile(
    r"[ \t]*(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*[(\[]|class[ \t]+\w+[ \t]*[:(\[]"
    r"|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|@\w|\w+[ \t]*=[ \t]*lambda\b)"
)
_MAX_NESTED_FENCES = 20
_MAX_STARTS = 10
_MAX_TRIMS = 20
_MAX_PARSED_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class _Fence:
    indent: str
    mark: str
    label: str
    first_line: str


@dataclass(frozen=True, slots=True)
class _Block:
    label: str
    source: str


def _continued(text: str, *, entry_point: str, starter: str) -> str:
    """The starter and the text, where the text is the function's body and perhaps more, and all of it compiles."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if not first[:1].isspace() or _names(text, entry_point):
        return ""
    source = f"{starter.rstrip()}\n{_trimmed(text)}"
    tree = _compiled(source)[0]
    return source if _defines(tree, entry_point) and _has_real_body(tree, returns=False) else ""


def _script(answer: str) -> Program | None:
    blocks = [block for block in _blocks(answer) if block.source and block.label in _PYTHON | {""}]
    labelled = [block for block in blocks if block.label]
    unlabelled = [block for block in blocks if not block.label]
    source = (
        _last(labelled, lambda block: _compiled(block.source)[0] is not None)
        or _last(unlabelled, lambda block: _acts(_compiled(block.source)[0], calls_alone=False))
        or _last(unlabelled, lambda block: _acts(_compiled(block.source)[0], calls_alone=True))
        or _last(labelled, lambda block: True)
        or _last(unlabelled, lambda block: _compiled(block.source)[0] is not None)
        or _last(unlabelled, lambda block: True)
        or _longest(_trimmed(answer))[1]
        or _bare(answer, entry_point=None, starter="")
    )
    return Program(source) if source else None


def _quoted(text: str, tag: re.Match[str]) -> bool:
    before, after = text[max(tag.start() - 2, 0) : tag.start()], text[tag.end() : tag.end() + 1]
    return after != "" and after in "\"'`" and before.endswith(after) and before != "``"


def _opening(line: str) -> _Fence | None:
    match = _FENCE.match(line)
    if match is None:
        return None
    info = match["info"].strip()
    label_match = _LABEL.match(info)
    label = label_match["label"].lower() if label_match else ""
    rest = info[label_match.end() :].strip() if label_match else info
    if _CODE_START.match(info):
        label, rest = "", info
    one_line = match["mark"][0] in info
    if one_line and (label not in _PYTHON or not rest.endswith(match["mark"])) and not _CODE_START.match(rest):
        return None
    if match["before"].strip() and label not in _PYTHON:
        return None
    first_line = rest if one_line or _CODE_START.match(rest) else ""
    indent = match["before"] if not match["before"].strip() else ""
    return _Fence(indent=indent, mark=match["mark"], label=label, first_line=first_line)


def _blocks(text: str) -> Iterator[_Block]:
    """Fenced blocks in order; one that is never closed goes to the end."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        fence = _opening(lines[index])
        index += 1
        if fence is None:
            continue
        if fence.first_line.endswith(fence.mark):
            yield _Block(label=fence.label, source=fence.first_line[: -len(fence.mark)].strip())
            continue
        end, last_line, resume = _closing(lines, index, fence)
        body = [*lines[index:end], *([last_line] if last_line else [])]
        if all(line.startswith(fence.indent) for line in body if line.strip()):
            body = [line[len(fence.indent) :] for line in body]
        source = "\n".join([fence.first_line, *body] if fence.first_line else body)
        yield _Block(label=fence.label, source=_trimmed(source))
        index = resume


def _closing(lines: list[str], start: int, fence: _Fence) -> tuple[int, str, int]:
    """Where a block ends: the line, what of that line is still code, and the line to read on from.

    A fence inside a triple-quoted string belongs to the string, unless that string never ends.
    """
    first: tuple[int, str, int] | None = None
    quotes, passed = _triple_quotes(fence.first_line), 0
    for index in range(start, len(lines)):
        line = lines[index]
        code = _code_before_close(line, fence.mark)
        if code is not None:
            reopens = not code and re.match(r"[`~]+\w", line.strip()) is not None
            ending = (index, code, index if reopens else index + 1)
            if (quotes + _triple_quotes(code)) % 2 == 0:
                return ending
            first = first or ending
            passed += 1
            if passed == _MAX_NESTED_FENCES:
                return first
        quotes += _triple_quotes(line)
    return first if first and quotes % 2 else (len(lines), "", len(lines))


def _code_before_close(line: str, mark: str) -> str | None:
    stripped = line.strip()
    if stripped.startswith(mark):
        return ""
    return line.rstrip()[: -len(mark)] if mark[0] == "`" and stripped.endswith(mark) else None


def _triple_quotes(line: str) -> int:
    return line.count('"""') + line.count("'''")


def _completed(block: _Block, *, entry_point: str, starter: str) -> _Block:
    """The block, whole: one that is wholly indented is dedented, a body alone is put under the starter."""
    if _CODE_START.match(block.source):
        return _Block(label=block.label, source=textwrap.dedent(block.source))
    if not starter or block.label not in _PYTHON | {""} or _names(block.source, entry_point):
        return block
    for body in (block.source, textwrap.indent(block.source, "    ")):
        source = f"{starter.strip()}\n{body}"
        tree = _compiled(source)[0]
        if _defines(tree, entry_point) and _has_real_body(tree, returns=body != block.source):
            return _Block(label=block.label, source=source)
    return block


def _last(blocks: list[_Block], wanted: Callable[[_Block], bool]) -> str:
    return next((block.source for block in reversed(blocks) if wanted(block)), "")


def _bare(text: str, *, entry_point: str | None, starter: str) -> str:
    """Unfenced code that defines the entry point, or anything where that is None; empty if there is none."""
    lines = text.partition("\0")[0].split("\n")
    starts = [index for index, line in enumerate(lines) if _CODE_START.match(line)]
    indents = {index: len(lines[index]) - len(lines[index].lstrip()) for index in starts}
    for start in [index for index in starts if indents[index] == indents[starts[0]]][:_MAX_STARTS]:
        tree, source = _longest(_cut(lines, start))
        if _defines(tree, entry_point):
            return source
    return _continuation(lines, entry_point=entry_point, starter=starter) if entry_point and starter else ""


def _cut(lines: list[str], start: int) -> str:
    """The lines from start at the margin, up to the first that is indented less than it."""
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    kept: list[str] = []
    for line in lines[start:]:
        if line.strip() and not line.startswith(indent):
            break
        kept.append(line[len(indent) :])
    return "\n".join(kept)


def _continuation(lines: list[str], *, entry_point: str, starter: str) -> str:
    body = _trimmed("\n".join(lines))
    if not body:
        return ""
    lost_indent = not body[0].isspace()  # tokenizers and callers often strip the first line
    tree, source = _longest(f"{starter.strip()}\n{'    ' if lost_indent else ''}{body}")
    return source if _defines(tree, entry_point) and _has_real_body(tree, returns=lost_indent) else ""


def _longest(text: str) -> tuple[ast.Module | None, str]:
    """The longest run of whole lines from the start that compiles and holds no prose.

    No run that reaches the line of a syntax error compiles, so the next try ends before that line.
    """
    lines = text.split("\n")
    kept = len(lines)
    for _ in range(_MAX_TRIMS):
        source = "\n".join(lines[:kept]).rstrip()
        tree, error_line = _compiled(source)
        prose = next((node.lineno for node in tree.body if _is_prose(node)), None) if tree else error_line
        if tree and prose is None:
            return tree, source
        kept = min(kept, prose or kept) - 1
        if kept <= 0:
            break
    return None, ""


def _compiled(source: str) -> tuple[ast.Module | None, int | None]:
    """The tree of source that compiles, else None and the line of the error where that is known."""
    if len(source) > _MAX_PARSED_CHARS:
        return None, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(source, "<program>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return None, error.lineno
    except (ValueError, OverflowError, RecursionError, MemoryError, SystemError):
        return None, None
    return tree, None


def _defines(tree: ast.Module | None, entry_point: str | None) -> bool:
    for node in tree.body if tree else ():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if entry_point in (None, node.name):
                return True
            methods = node.body if isinstance(node, ast.ClassDef) and node.name == "Solution" else []
            if any(isinstance(item, _FUNCTIONS) and item.name == entry_point for item in methods):
                return True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Lambda):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and entry_point in (None, target.id) for target in targets):
                return True
    return False


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _names(source: str, entry_point: str) -> bool:
    """Whether source that need not parse means to define the entry point."""
    name = re.escape(entry_point)
    return (
        re.search(rf"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+{name}\b|^{name}\s*=\s*lambda", source, re.M) is not None
    )


def _has_real_body(tree: ast.Module | None, *, returns: bool) -> bool:
    """Whether the starter's function holds statements, and not a word of prose that happens to parse."""
    function = next((node for node in tree.body if isinstance(node, _FUNCTIONS)), None) if tree else None
    if function is None or any(_is_prose(node) for node in function.body):
        return False
    return not returns or any(isinstance(node, (ast.Return, ast.Raise)) for node in ast.walk(function))


def _acts(tree: ast.Module | None, *, calls_alone: bool) -> bool:
    """Whether anything is called, as what prints must; what a program read or printed often parses and calls nothing.

    Args:
        tree: of a block that compiles, or None.
        calls_alone: whether expressions are enough; ``main()`` alone is often how to use the program before it.
    """
    if tree is None or not any(isinstance(node, ast.Call) for node in ast.walk(tree)):
        return False
    return calls_alone or not all(isinstance(node, ast.Expr) for node in tree.body)


def _is_prose(node: ast.stmt) -> bool:
    """A lone word, or ``Output: 3``, which Python reads as an annotation."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Name)
    return isinstance(node, ast.AnnAssign) and node.value is None


def _trimmed(source: str) -> str:
    """Without blank lines before and white space after."""
    return re.sub(r"\A(?:[ \t]*\n)+", "", source).rstrip()
