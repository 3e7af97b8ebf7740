"""Problem -> Prompt: the chat messages that put a problem to the model, and how its answer begins.

Few and plain words, so that a model of 135M parameters can follow them; the tokenizer's chat template is applied
by the engine. The code is taken from the answer by :mod:`axiom.programs`.
"""

import textwrap
from dataclasses import dataclass
from typing import Literal

from axiom.errors import ConfigError
from axiom.problems.hidden_tests import CallTest
from axiom.problems.problem import Problem
from axiom.sandbox.nodes import written
from axiom.sandbox.values import BinaryTree, LinkedList

PROMPT_VERSION = 4
PromptStyle = Literal["direct", "chain_of_thought", "complete"]
FENCE = "```"

_MAX_EXAMPLES = 3
_CLOSING_WORDS: dict[str, str] = {
    "direct": "Answer with the code only, in a ```python block.",
    "chain_of_thought": "Think step by step first. Then give the final code in one ```python block.",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
        content: plain text.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model reads before it writes.

    Attributes:
        messages: the chat so far.
        opening: how the assistant's answer begins; the model goes on from there, and a Sample's text is what
            comes after it.
        stop: a completion ends with the first of these texts that it writes.
    """

    messages: tuple[Message, ...]
    opening: str = ""
    stop: tuple[str, ...] = ()


def build_prompt(problem: Problem, *, style: PromptStyle = "direct", system: str = "") -> Prompt:
    """The prompt of a problem; the hidden tests are not in it.

    Args:
        problem: what is asked; at most three of its examples are shown.
        style: ``direct`` asks for the code only, ``chain_of_thought`` for reasoning before it; ``complete`` begins
            the answer with the function's first line and the statement as its docstring, for models too small to
            keep to a format, and ends it with the block.
        system: text of a system message, or empty for none.

    Raises:
        ConfigError: ``style`` is none of the three.
    """
    styles = (*_CLOSING_WORDS, "complete")
    if style not in styles:
        raise ConfigError(f"prompt style {style!r} is not one of {', '.join(styles)}")
    user = Message(role="user", content=_task(problem) if style == "complete" else _request(problem, style))
    messages = (Message(role="system", content=system), user) if system else (user,)
    return Prompt(messages, _opening(problem), (FENCE,)) if style == "complete" else Prompt(messages)


def repair_prompt(problem: Problem, program: str, feedback: str, *, style: PromptStyle = "direct") -> Prompt:
    """The prompt that shows a model its own program and what was wrong with it.

    Args:
        problem: what was asked.
        program: the answer that failed.
        feedback: what a public example came to.
        style: as of :func:`build_prompt`.
    """
    asked = build_prompt(problem, style=style)
    answer = Message("assistant", f"{FENCE}python\n{program.strip()}\n{FENCE}")
    back = Message("user", f"That is not right: {feedback.strip()}\nWrite the whole function again, corrected.")
    return Prompt((*asked.messages, answer, back), asked.opening, asked.stop)


def _request(problem: Problem, style: PromptStyle) -> str:
    parts = [_wanted(problem), problem.statement.strip()]
    if problem.examples:
        shown = [_example(problem.entry_point, test) for test in problem.examples[:_MAX_EXAMPLES]]
        parts.append("\n".join(["Examples:", *shown]))
    parts.append(_CLOSING_WORDS[style])
    return "\n\n".join(parts)


def _wanted(problem: Problem) -> str:
    if problem.kind == "program":
        return "Write a Python program that reads from standard input and prints to standard output."
    if problem.kind == "class" or not problem.starter:
        return f"Write a Python {problem.kind} named `{problem.entry_point}`."
    return f"Write a Python function that starts with `{problem.starter.strip()}`"


def _task(problem: Problem) -> str:
    if problem.kind != "function":
        return f"{_wanted(problem)}\n{problem.statement.strip()}"
    signature = problem.starter.strip().removeprefix("def ").rstrip(":") or problem.entry_point
    return f"Write a Python function `{signature}`.\n{problem.statement.strip()}"


def _opening(problem: Problem) -> str:
    """The answer's first lines; they end without a line break, which tokenizers join to the indent after it.

    A docstring of several lines, or one that ends in a quotation mark, is closed on a line of its own.
    """
    if not problem.starter:
        return f"{FENCE}python"
    statement = problem.statement.strip().replace("\\", "\\\\").replace('"""', "'''")
    ending = "\n" if "\n" in statement or statement.endswith('"') else ""
    docstring = textwrap.indent(f'"""{statement}{ending}"""', "    ")
    return f"{FENCE}python\n{problem.starter.strip()}\n{docstring}"


def shown_call(entry_point: str, test: CallTest) -> str:
    """The call of a test as a person writes it."""
    arguments = [_shown(value) for value in test.args]
    arguments += [f"{name}={_shown(value)}" for name, value in test.kwargs.items()]
    return f"{entry_point}({', '.join(arguments)})"


def shown_result(test: CallTest) -> str:
    """What the call must come to."""
    return f"{test.raises} is raised" if test.raises else _shown(test.expected)


def _example(entry_point: str, test: CallTest) -> str:
    call = f">>> {shown_call(entry_point, test)}"
    return f"{call}  # raises {test.raises}" if test.raises else f"{call}\n{_shown(test.expected)}"


def _shown(value: object) -> str:
    """``repr``, with sets in one order whatever the hash seed, so that a prompt is the same in any process.

    Linked lists and trees are written as the calls that make them of the classes that a program finds defined.
    """
    if isinstance(value, (set, frozenset)) and value:
        items = "{" + ", ".join(sorted(map(_shown, value))) + "}"
        return items if isinstance(value, set) else f"frozenset({items})"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (LinkedList, BinaryTree)):
        return "".join(written(value, lambda item: [_shown(item)]))
    try:
        return repr(value)
    except ValueError:  # more digits than Python prints
        return hex(value) if isinstance(value, int) else object.__repr__(value)
