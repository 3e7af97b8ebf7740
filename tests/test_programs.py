"""Programs are found in every shape in which models answer."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiom.programs import Program, extract_program, reasoning_stripped

STARTER = "def add(a, b):"
ADD = "def add(a, b):\n    return a + b"
WRONG = "def add(a, b):\n    return a - b"
CLASS = "class Solution:\n    def add(self, a, b):\n        return a + b"
NESTED = 'def add(a, b):\n    """Sum.\n\n    ```\n    >>> add(1, 2)\n    ```\n    """\n    return a + b'
NESTED_LABEL = 'def add(a, b):\n    """Sum.\n\n    ```python\n    add(1, 2)\n    ```\n    """\n    return a + b'
LOOP = "    total = a\n    for _ in range(b):\n        total += 1\n    return total"
DOUBLE = "n = int(input())\nprint(2 * n)"
MAIN = "def main():\n    print(2 * int(input()))\n\nmain()"
HELPED = "import math\n\ndef helper(x):\n    return x\n\n" + ADD


def fenced(code: str, label: str = "python") -> str:
    return f"```{label}\n{code}\n```"


CASES: dict[str, tuple[str, str | None]] = {
    "empty": ("", None),
    "white space": (" \n\t\n  ", None),
    "only prose": ("I am sorry, I cannot do that.", None),
    "prose of several lines": ("To add two numbers\nwe use the plus sign.\n\nThat is all.", None),
    "one word": ("Sure", None),
    "one indented word": ("    Sure", None),
    "prose that begins with from": ("from the statement we see that\nit is hard", None),
    "prose that begins with class": ("class of problems: hard\nimport matters", None),
    "python fence": (fenced(ADD), ADD),
    "py fence": (fenced(ADD, "py"), ADD),
    "python3 fence": (fenced(ADD, "python3"), ADD),
    "capital label": (fenced(ADD, "Python"), ADD),
    "no label": (fenced(ADD, ""), ADD),
    "space before label": (fenced(ADD, " python"), ADD),
    "label with title": (fenced(ADD, 'python title="a.py"'), ADD),
    "label in braces": (fenced(ADD, "{python}"), ADD),
    "tilde fence": (f"~~~python\n{ADD}\n~~~", ADD),
    "four backticks": (f"````python\n{ADD}\n````", ADD),
    "prose around": (f"Sure!\n\n{fenced(ADD)}\n\nThis adds `a` and `b`.", ADD),
    "fence after prose on the line": (f"Here it is: ```python\n{ADD}\n```", ADD),
    "close at the end of a code line": (f"```python\n{ADD}```\nDone.", ADD),
    "prose after the close on the line": (f"```python\n{ADD}\n``` This adds.", ADD),
    "code on the opening line": ("```python def add(a, b):\n    return a + b\n```", ADD),
    "one line fence": ("```python def add(a, b): return a + b```", "def add(a, b): return a + b"),
    "inline code word is not a fence": ("Use ```add``` wisely.", None),
    "unclosed fence": (f"Here:\n```python\n{ADD}", ADD),
    "unclosed fence cut in the middle": (
        "```python\ndef add(a, b):\n    return (a +",
        "def add(a, b):\n    return (a +",
    ),
    "cut block yields to a whole one": (f"{fenced(ADD)}\nBetter:\n```python\ndef add(a, b):\n    x = (", ADD),
    "syntax error in a fence": (fenced("def add(a, b) return a"), "def add(a, b) return a"),
    "empty fence": ("```python\n\n```", None),
    "opening fence only": ("```python", None),
    "last definition wins": (f"{fenced(WRONG)}\nWait.\n{fenced(ADD)}", ADD),
    "usage block after": (f"{fenced(ADD)}\nUsage:\n{fenced('print(add(1, 2))')}", ADD),
    "output block after": (f"{fenced(ADD)}\nOutput:\n{fenced('3', '')}", ADD),
    "bash block after": (f"{fenced(ADD)}\nRun:\n{fenced('python a.py', 'bash')}", ADD),
    "only a bash block": (fenced("pip install add", "bash"), None),
    "earlier helpers are not merged": (f"{fenced('import math')}\n{fenced(ADD)}", ADD),
    "other name": (fenced("def plus(a, b):\n    return a + b"), "def plus(a, b):\n    return a + b"),
    "other names, the last block": (f"{fenced('x = 1')}\n{fenced('y = 2')}", "y = 2"),
    "other name, then its output": (f"{fenced('x = 1')}\n{fenced('1', '')}", "x = 1"),
    "tests in the block": (fenced(f"{ADD}\n\nassert add(1, 2) == 3"), f"{ADD}\n\nassert add(1, 2) == 3"),
    "main guard": (
        fenced(f'{ADD}\n\nif __name__ == "__main__":\n    print(add(1, 2))'),
        f'{ADD}\n\nif __name__ == "__main__":\n    print(add(1, 2))',
    ),
    "imports and helper": (fenced(HELPED), HELPED),
    "class Solution": (fenced(CLASS), CLASS),
    "class Solution without the method": (f"{fenced(CLASS)}\n{fenced('class Solution: pass')}", CLASS),
    "method of another class": (f"{fenced(ADD)}\n{fenced('class S:' + CLASS[15:])}", ADD),
    "lambda": (f"{fenced('add = lambda a, b: a + b')}\n{fenced('add(1, 2)')}", "add = lambda a, b: a + b"),
    "async": (fenced("async def add(a, b):\n    return a + b"), "async def add(a, b):\n    return a + b"),
    "indented fence": ("1. Code:\n   ```python\n   def add(a, b):\n       return a + b\n   ```", ADD),
    "indented code in a plain fence": ("```python\n    def add(a, b):\n        return a + b\n```", ADD),
    "fence nested in a docstring": (fenced(NESTED), NESTED),
    "labelled fence nested in a docstring": (fenced(NESTED_LABEL), NESTED_LABEL),
    "fence nested in a docstring, never closed": (f"```python\n{NESTED}", NESTED),
    "block opened before the last was closed": (f"```python\n{WRONG}\n```python\n{ADD}\n```", ADD),
    "CRLF": (fenced(ADD).replace("\n", "\r\n"), ADD),
    "tabs": (fenced("def add(a, b):\n\treturn a + b"), "def add(a, b):\n\treturn a + b"),
    "byte order mark": ("\ufeff" + ADD, ADD),
    "end of text token": (f"{ADD}<|im_end|>\nuser", ADD),
    "bare": (ADD, ADD),
    "bare after prose": (f"Here is the solution:\n\n{ADD}", ADD),
    "bare with prose after": (f"{ADD}\n\nThis doesn't need a loop.\nIt is short.", ADD),
    "bare with a word after": (f"{ADD}\n\nExplanation", ADD),
    "bare with output after": (f"{ADD}\n\nOutput: 3", ADD),
    "bare with doctest after": (f"{ADD}\n\n>>> add(1, 2)\n3", ADD),
    "bare with call after": (f"{ADD}\n\nprint(add(1, 2))\n\nIt prints 3.", f"{ADD}\n\nprint(add(1, 2))"),
    "bare with a stray return after": (f"{ADD}\nreturn add(1, 2)", ADD),
    "bare with imports": (HELPED, HELPED),
    "bare after prose that looks like an import": (f"import math is not needed here\n{ADD}", ADD),
    "bare class": (f"Solution below\n{CLASS}\nThat is it.", CLASS),
    "bare decorated": (f"@cache\n{ADD}", f"@cache\n{ADD}"),
    "bare lambda": ("The answer:\nadd = lambda a, b: a + b\nis short.", "add = lambda a, b: a + b"),
    "bare of another name": ("def plus(a, b):\n    return a + b\nThat's it", "def plus(a, b):\n    return a + b"),
    "bare and indented": ("Answer:\n    def add(a, b):\n        return a + b\nThat is it.", ADD),
    "bare, closed by a fence that the prompt opened": (f"{ADD}\n```\nThis adds.", ADD),
    "bare, then an output block": (f"{ADD}\n\n{fenced('3', '')}", ADD),
    "bare, cut in the middle": (f"{ADD}\n\ndef other(x):\n    return (x +", ADD),
    "body": (LOOP, f"{STARTER}\n{LOOP}"),
    "body with prose after": (f"{LOOP}\n\nThat's the loop.", f"{STARTER}\n{LOOP}"),
    "body whose first line lost its indentation": (LOOP.lstrip(), f"{STARTER}\n{LOOP}"),
    "body after a line break": ("\n    return a + b\n", ADD),
    "body, then a main function": (f"{LOOP}\n\ndef main():\n    pass", f"{STARTER}\n{LOOP}\n\ndef main():\n    pass"),
    "body in a fence": (fenced(LOOP), f"{STARTER}\n{LOOP}"),
    "body in a fence at the margin": (fenced("return a + b"), ADD),
    "thinking first": (f"<think>Let me see.\n{fenced(WRONG)}</think>\n{fenced(ADD)}", ADD),
    "thinking never ends": (f"<think>Let me see.\n{fenced(ADD)}", None),
    "answer, then thinking never ends": (f"{fenced(ADD)}\n<think>Was it\n{fenced(WRONG)}", ADD),
    "thinking opened in the prompt": (f"Let me see.\n{fenced(WRONG)}\n</think>\n\n{fenced(ADD)}", ADD),
    "only thinking": ("<think>\n\n</think>\n\n", None),
    "null byte in a fence": (fenced(f"{ADD}\0"), f"{ADD}\0"),
    "null byte after bare code": (f"{ADD}\n\0rest", ADD),
}


@pytest.mark.parametrize("name", CASES)
def test_the_program_in_an_answer_is_found(name: str) -> None:
    text, expected = CASES[name]
    program = extract_program(text, entry_point="add", starter=STARTER)
    assert program == (None if expected is None else Program(expected))


def test_a_body_without_a_starter_is_no_program() -> None:
    assert extract_program(LOOP, entry_point="add") is None


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000,
        "-" * 100_000 + "1",
        "x = " + "1+" * 20_000 + "1",
        "x" + ".a" * 20_000,
        "x = " + "9" * 10_000,
        "\ud800",
    ],
)
def test_code_that_python_cannot_read_raises_nothing(code: str) -> None:
    assert extract_program(fenced(code), entry_point="add") == Program(code)
    assert extract_program(f"{ADD}\n{code}", entry_point="add") is not None


PIECES = st.sampled_from(
    [
        "```python\n",
        "```\n",
        "~~~",
        "<think>",
        "</think>",
        ADD,
        LOOP,
        CLASS,
        '"""',
        "\n",
        "    ",
        "Sure: ",
        "\0",
        "\r",
        "def ",
        "(",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=20), max_size=12).map("".join), st.sampled_from(["", STARTER]))
def test_any_text_gives_none_or_code_that_compiles_or_was_fenced(text: str, starter: str) -> None:
    program = extract_program(text, entry_point="add", starter=starter)
    if program is not None:
        assert program.source.strip()
        if "```" not in text and "~~~" not in text:
            ast.parse(program.source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a<think>b</think>c", "ac"),
        ("a<think>b", "a"),
        ("a</think>b", "b"),
        ("<think>a<think>b</think>c</think>d", "d"),
        ("<THINK>a</THINK>b<thinking>c</thinking>d", "bd"),
        ("remove '<think>' now", "remove '<think>' now"),
        ("```x```</think>```y```", "```y```"),
        ('He said "no"</think>yes', "yes"),
    ],
)
def test_reasoning_is_stripped(text: str, expected: str) -> None:
    assert reasoning_stripped(text) == expected


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("```python\nn = int(input())\nprint(2 * n)\n```", "n = int(input())\nprint(2 * n)"),
        ("First:\n```\nprint(1)\n```\nbetter:\n```python\nprint(2)\n```\nRun it:\n```bash\nls\n```", "print(2)"),
        ("```python\nprint(1)\n```\nor\n```python\nprint(2\n```", "print(1)"),
        ("```python\nprint(2\n```", "print(2"),
        ("n = int(input())\nprint(2 * n)", "n = int(input())\nprint(2 * n)"),
        (f"{fenced(DOUBLE)}\nOutput:\n{fenced('Yes', '')}", DOUBLE),
        (f"{fenced(DOUBLE)}\nOutput:\n{fenced('12', '')}", DOUBLE),
        (f"{fenced(DOUBLE)}\nInput:\n{fenced('n = 6', '')}", DOUBLE),
        (f"Like {fenced('x = 1', '')}\n{fenced('print(2 * int(input()))')}", "print(2 * int(input()))"),
        (f"{fenced(DOUBLE, '')}\nOutput:\n{fenced('12', '')}", DOUBLE),
        (f"{fenced(DOUBLE, '')}\nThis prints:\n{fenced('Output: 12', '')}", DOUBLE),
        (f"{fenced('print(2 * int(input()))', '')}\nOutput:\n{fenced('12', '')}", "print(2 * int(input()))"),
        (f"{fenced(DOUBLE, '')}\nFor:\n{fenced('n = 6', '')}", DOUBLE),
        (f"{fenced(MAIN, '')}\nThen:\n{fenced('main()', '')}", MAIN),
        (f"{fenced('print(2')}\nOutput:\n{fenced('12', '')}", "print(2"),
        (f"{fenced('print(2')}\nNo:\n{fenced(DOUBLE, '')}\nOutput:\n{fenced('12', '')}", DOUBLE),
        (fenced("12", ""), "12"),
        (fenced("print(2", ""), "print(2"),
        ("Here it is:\n\nimport sys\nprint(sys.stdin.read())", None),
        ("I cannot do that.", None),
        ("", None),
    ],
)
def test_a_whole_program_is_found_without_an_entry_point(answer: str, source: str | None) -> None:
    program = extract_program(answer, entry_point="")
    assert (program and program.source) == source
