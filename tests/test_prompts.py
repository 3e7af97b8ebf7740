"""Prompts are short and complete, and say how the answer begins."""

import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiom.errors import ConfigError
from axiom.problems.hidden_tests import CallTest, ClassTest, ProgramTest
from axiom.problems.leetcode.expressions import tree_of
from axiom.problems.problem import Problem
from axiom.programs import extract_program
from axiom.prompts import Message, PromptStyle, build_prompt, shown_call, shown_result
from axiom.sandbox.nodes import TreeNode, taken_apart
from axiom.sandbox.values import BinaryTree, LinkedList

STARTER = "def add(a, b):"


def messages_of(asked: Problem, **settings: Any) -> tuple[Message, ...]:
    prompt = build_prompt(asked, **settings)
    assert (prompt.opening, prompt.stop) == ("", ())
    return prompt.messages


def problem(*examples: CallTest, starter: str = STARTER) -> Problem:
    hidden = CallTest(args=(20, 22), expected=42)
    return Problem(
        id="t/add", entry_point="add", statement="Add a and b.", tests=(hidden,), starter=starter, examples=examples
    )


def test_the_direct_prompt_is_short_and_shows_the_examples() -> None:
    asked = problem(CallTest(args=(1,), kwargs={"b": "x"}, expected=3), CallTest(args=(0,), raises="ValueError"))
    assert build_prompt(asked).messages == (
        Message(
            role="user",
            content="Write a Python function that starts with `def add(a, b):`\n\nAdd a and b.\n\n"
            "Examples:\n>>> add(1, b='x')\n3\n>>> add(0)  # raises ValueError\n\n"
            "Answer with the code only, in a ```python block.",
        ),
    )


def test_without_starter_and_examples_the_function_is_named() -> None:
    (message,) = messages_of(problem(starter=""))
    assert message.content.startswith("Write a Python function named `add`.")
    assert "Examples" not in message.content


def test_chain_of_thought_asks_for_steps_and_one_final_block() -> None:
    (message,) = messages_of(problem(), style="chain_of_thought")
    assert message.content.endswith("Think step by step first. Then give the final code in one ```python block.")


def test_a_system_message_comes_first() -> None:
    messages = messages_of(problem(), system="Be brief.")
    assert [message.role for message in messages] == ["system", "user"]
    assert messages[0].content == "Be brief."


def test_three_examples_are_shown_and_no_hidden_test() -> None:
    (message,) = messages_of(problem(*(CallTest(args=(n,), expected=n) for n in range(5))))
    assert message.content.count(">>>") == 3
    assert "42" not in message.content


def test_sets_are_shown_in_one_order_and_long_integers_without_error() -> None:
    value = [{"b", "a"}, frozenset({2, 1}), (1,), {"k": {3}}, set()]
    (message,) = messages_of(problem(CallTest(args=(value,), expected=1 << 20_000)))
    assert "add([{'a', 'b'}, frozenset({1, 2}), (1,), {'k': {3}}, set()])\n0x1000" in message.content


def test_linked_lists_and_trees_are_shown_as_the_classes_that_a_program_finds() -> None:
    tree = BinaryTree((4, None, 6, "a", None, None, {2, 1}))
    asked = problem(CallTest(args=(LinkedList((1, None, [2])), [tree], BinaryTree((0,))), expected=LinkedList((7,))))
    shown = "TreeNode(4, None, TreeNode(6, TreeNode('a', None, TreeNode({1, 2}))))"
    (message,) = messages_of(asked)
    assert (
        f">>> add(ListNode(1, ListNode(None, ListNode([2]))), [{shown}], TreeNode(0))\nListNode(7)\n" in message.content
    )


def test_lists_and_trees_of_any_depth_are_shown() -> None:
    deep = BinaryTree((0, *(value for index in range(1, 10_000) for value in (None, index))))
    test = CallTest(args=(deep,), expected=LinkedList(tuple(range(10_000))))
    assert shown_call("f", test).count("TreeNode(") == 10_000
    assert shown_result(test).endswith("ListNode(9999" + ")" * 10_000)


@given(st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=20))
def test_the_text_of_a_tree_makes_that_tree(values: list[int | None]) -> None:
    tree = tree_of([1, *values])
    assert tree is not None
    made = eval(shown_result(CallTest(args=(), expected=tree)), {"TreeNode": TreeNode})
    assert taken_apart(made) == tree


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ConfigError, match="'verbose' is not one of direct, chain_of_thought, complete"):
        build_prompt(problem(), style="verbose")  # type: ignore[arg-type]


def test_complete_begins_the_answer_with_the_function_and_ends_it_with_the_block() -> None:
    prompt = build_prompt(problem(CallTest(args=(1, 2), expected=3)), style="complete")
    assert [message.content for message in prompt.messages] == ["Write a Python function `add(a, b)`.\nAdd a and b."]
    assert prompt.opening == '```python\ndef add(a, b):\n    """Add a and b."""'
    assert prompt.stop == ("```",)
    program = extract_program(prompt.opening + "\n    return a + b\n```", entry_point="add", starter=STARTER)
    assert program is not None
    assert program.source == 'def add(a, b):\n    """Add a and b."""\n    return a + b'


def test_a_statement_with_quotes_and_backslashes_stays_one_docstring() -> None:
    asked = Problem(
        id="t/q",
        entry_point="add",
        statement='Split at "\\n" or """.\nTwo lines.',
        tests=(CallTest(args=(), expected=1),),
        starter=STARTER,
    )
    opening = build_prompt(asked, style="complete").opening
    program = extract_program(opening + "\n    return 1\n```", entry_point="add", starter=STARTER)
    assert program is not None
    space: dict[str, Any] = {}
    exec(program.source, space)
    assert space["add"](1, 2) == 1
    assert "\\n" in space["add"].__doc__


@pytest.mark.parametrize("statement", ['Return "12"', "Return 12.\n>>> f()\n12", 'Return "\n"'])
def test_a_docstring_ends_where_the_statement_does(statement: str) -> None:
    asked = Problem(
        id="t/q", entry_point="f", statement=statement, tests=(CallTest(args=(), expected=1),), starter="def f():"
    )
    answer = build_prompt(asked, style="complete").opening + "\n    return 1\n```"
    program = extract_program(answer, entry_point="f", starter="def f():")
    assert program is not None
    space: dict[str, Any] = {}
    exec(program.source, space)
    assert space["f"]() == 1
    assert inspect.cleandoc(space["f"].__doc__).rstrip() == inspect.cleandoc(statement)


@pytest.mark.parametrize("style", ["direct", "complete"])
def test_classes_and_whole_programs_are_asked_for_by_name(style: PromptStyle) -> None:
    drives = (ClassTest(methods=("Box", "get"), arguments=((1,), ()), expected=(None, 1)),)
    box = Problem(id="t/box", entry_point="Box", statement="Keep it.", tests=drives, starter="class Box:")
    assert "Write a Python class named `Box`.\n" in build_prompt(box, style=style).messages[0].content
    script = Problem(id="t/s", entry_point="", statement="Double it.", tests=(ProgramTest(stdin="1", stdout="2"),))
    told = build_prompt(script, style=style).messages[0].content
    assert told.startswith("Write a Python program that reads from standard input and prints to standard output.")
    assert "Double it." in told


def test_complete_without_a_starter_only_opens_the_block() -> None:
    prompt = build_prompt(problem(starter=""), style="complete")
    assert prompt.messages[0].content.startswith("Write a Python function `add`.")
    assert prompt.opening == "```python"
