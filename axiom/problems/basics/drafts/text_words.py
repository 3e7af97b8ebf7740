"""Lengths of words, brackets, calendar facts and numbers read from text."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _words(rng: random.Random) -> list[str]:
    return ["".join(rng.choice("abcdeimnorst") for _ in range(rng.randint(1, 7))) for _ in range(rng.randint(1, 7))]


def _draw_parentheses(rng: random.Random) -> Args:
    text = ""
    for _ in range(rng.randint(2, 6)):
        text = rng.choice(["(" + text + ")", text + "()", "()" + text])
    if rng.random() < 0.5:
        characters = list(text)
        rng.shuffle(characters)
        text = "".join(characters)
    return (text,)


def _draw_year(rng: random.Random) -> Args:
    return (rng.choice([rng.randint(1600, 2600), 4 * rng.randint(400, 650), 100 * rng.randint(16, 40)]),)


DRAFTS = [
    Draft(
        family="word_extremes",
        difficulty="easy",
        tags=("strings", "lists"),
        statement=(
            "Return the longest string in the list words; where several are equally long, return the first of them. "
            "Return an empty string for an empty list."
        ),
        reference="""
def longest_word(words: list[str]) -> str:
    return max(words, key=len, default="")
""",
        wrong=(
            "def longest_word(words):\n    return max(words, default='')\n",
            "def longest_word(words):\n    return sorted(words, key=len)[-1] if words else ''\n",
            "def longest_word(words):\n    return max(words, key=len)\n",
            "def longest_word(words):\n    return max((len(word) for word in words), default='')\n",
        ),
        examples=((["a", "tree", "is"],), (["cat", "dog"],)),
        edges=(([],), (["one"],), ([""],), (["bb", "aa", "c"],), (["z", "abc"],), (["ab"] * 40 + ["abcd", "wxyz"],)),
        generate=lambda rng: (_words(rng),),
    ),
    Draft(
        family="word_extremes",
        difficulty="easy",
        tags=("strings", "lists"),
        statement="Return the length of the shortest string in the list words, or 0 if the list is empty.",
        reference="""
def shortest_word_length(words: list[str]) -> int:
    return min((len(word) for word in words), default=0)
""",
        wrong=(
            "def shortest_word_length(words):\n    return min(words, key=len, default='')\n",
            "def shortest_word_length(words):\n    return min(len(word) for word in words)\n",
            "def shortest_word_length(words):\n    return len(min(words)) if words else 0\n",
            "def shortest_word_length(words):\n    best = 0\n    for word in words:\n"
            "        best = min(best, len(word))\n    return best\n",
        ),
        examples=((["tree", "is", "green"],), (["abc"],)),
        edges=(([],), ([""],), (["same", "size"],), (["aaa", "b"],), (["long", ""],), (["abcdef"] * 50 + ["abcde"],)),
        generate=lambda rng: ([word + "xyz" for word in _words(rng)],),
    ),
    Draft(
        family="word_filters",
        difficulty="easy",
        tags=("strings", "lists"),
        statement="Return a list of the strings in words that have more than n characters, in their order.",
        reference="""
def keep_longer_than(words: list[str], n: int) -> list[str]:
    return [word for word in words if len(word) > n]
""",
        wrong=(
            "def keep_longer_than(words, n):\n    return [word for word in words if len(word) >= n]\n",
            "def keep_longer_than(words, n):\n    return [word for word in words if len(word) < n]\n",
            "def keep_longer_than(words, n):\n    return sum(1 for word in words if len(word) > n)\n",
            "def keep_longer_than(words, n):\n    for word in words:\n        if len(word) > n:\n"
            "            return [word]\n",
        ),
        examples=((["a", "abc", "ab"], 1), (["red", "green"], 3)),
        edges=(([], 2), (["", "a"], 0), (["ab", "cd"], 2), (["abc", "abc"], 2), (["x"], 5), (["a", "abcd"] * 30, 3)),
        generate=lambda rng: (_words(rng), rng.randint(1, 5)),
    ),
    Draft(
        family="brackets",
        difficulty="medium",
        tags=("strings", "stack"),
        statement=(
            "Return True if every ( in s is closed by a later ) and every ) closes an earlier (, otherwise False. "
            "s contains only these two characters and may be empty."
        ),
        reference="""
def balanced_parentheses(s: str) -> bool:
    depth = 0
    for char in s:
        depth += 1 if char == "(" else -1
        if depth < 0:
            return False
    return depth == 0
""",
        wrong=(
            "def balanced_parentheses(s):\n    return s.count('(') == s.count(')')\n",
            "def balanced_parentheses(s):\n    depth = 0\n    for c in s:\n        depth += 1 if c == '(' else -1\n"
            "        if depth < 0:\n            return False\n    return True\n",
            "def balanced_parentheses(s):\n    return s[0] == '(' and s[-1] == ')' and s.count('(') == s.count(')')\n",
            "def balanced_parentheses(s):\n    return s == '()' * (len(s) // 2)\n",
        ),
        examples=(("(())",), (")(",), ("(()",)),
        edges=(("",), ("(",), (")",), ("()()",), ("())(()",), ("((())())",), ("(" * 80 + ")" * 80,)),
        generate=_draw_parentheses,
    ),
    Draft(
        family="calendar",
        difficulty="easy",
        tags=("numbers", "dates"),
        statement=(
            "Return True if year is a leap year, otherwise False. A leap year is divisible by 4, but not by 100 "
            "unless it is also divisible by 400."
        ),
        reference="""
def is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
""",
        wrong=(
            "def is_leap_year(year):\n    return year % 4 == 0\n",
            "def is_leap_year(year):\n    return year % 4 == 0 and year % 100 != 0\n",
            "def is_leap_year(year):\n    return year % 4 == 0 or year % 400 == 0 and year % 100 != 0\n",
            "def is_leap_year(year):\n    return year % 400 == 0\n",
        ),
        examples=((2024,), (2023,), (1800,)),
        edges=((1900,), (2000,), (2100,), (1996,), (2001,), (1,), (4,), (1000000,)),
        generate=_draw_year,
    ),
    Draft(
        family="calendar",
        difficulty="easy",
        tags=("numbers", "dates"),
        statement=(
            "Return how many days a month has in a year that is not a leap year; month is its number, 1 for January. "
            "Return 0 if month is not between 1 and 12."
        ),
        reference="""
def days_in_month(month: int) -> int:
    if month < 1 or month > 12:
        return 0
    if month == 2:
        return 28
    return 30 if month in (4, 6, 9, 11) else 31
""",
        wrong=(
            "def days_in_month(month):\n    if month < 1 or month > 12:\n        return 0\n"
            "    if month == 2:\n        return 28\n    return 31 if month % 2 == 1 else 30\n",
            "def days_in_month(month):\n    return [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]\n",
            "def days_in_month(month):\n    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n"
            "    return days[month] if 1 <= month <= 11 else 0\n",
            "def days_in_month(month):\n    days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n"
            "    return days[month - 1] if 1 <= month <= 12 else 0\n",
        ),
        examples=((1,), (4,), (13,)),
        edges=((2,), (7,), (8,), (9,), (12,), (0,), (-1,), (1000,)),
        generate=lambda rng: (rng.choice([rng.randint(1, 12), rng.randint(-20, 40)]),),
    ),
    Draft(
        family="parsing_ints",
        difficulty="easy",
        tags=("strings", "parsing"),
        statement=(
            "Return a list of the integers written in text, which are separated by commas, as in 1,-2,3. "
            "Return an empty list if text is empty."
        ),
        reference="""
def parse_ints(text: str) -> list[int]:
    if not text:
        return []
    return [int(part) for part in text.split(",")]
""",
        wrong=(
            "def parse_ints(text):\n    return text.split(',') if text else []\n",
            "def parse_ints(text):\n    return [int(part) for part in text.split(',')]\n",
            "def parse_ints(text):\n    return [int(char) for char in text if char.isdigit()]\n",
            "def parse_ints(text):\n    return [int(part) for part in text.split(',') if part.isdigit()]\n",
        ),
        examples=(("1,2,3",), ("10,-4",)),
        edges=(("",), ("0",), ("42",), ("-7",), ("5,5,5",), ("0,-0,8",), ("123456789012,-1",), ("9," * 60 + "10",)),
        generate=lambda rng: (",".join(str(rng.randint(-60, 150)) for _ in range(rng.randint(1, 8))),),
    ),
]
