"""Reversing, palindromes, repetition and ends of strings."""

import random

from axiom.problems.basics.authoring import Draft


def _draw_word(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abcdefgh") for _ in range(rng.randint(2, 9))),)


def _draw_sentence(rng: random.Random) -> tuple[str]:
    return (" ".join(rng.choice(("red", "blue", "cat", "dog", "sun", "a")) for _ in range(rng.randint(2, 6))),)


def _draw_palindrome_or_not(rng: random.Random) -> tuple[str]:
    half = "".join(rng.choice("abc") for _ in range(rng.randint(2, 5)))
    return (half + half[::-1][rng.randint(0, 1) :] if rng.random() < 0.5 else half + rng.choice("xyz") + "a",)


def _draw_mixed_palindrome_or_not(rng: random.Random) -> tuple[str]:
    (word,) = _draw_palindrome_or_not(rng)
    return ("".join(rng.choice((char.upper(), char)) for char in word),)


def _draw_same_ends_or_not(rng: random.Random) -> tuple[str]:
    (word,) = _draw_word(rng)
    return (word + word[0] if rng.random() < 0.5 else word,)


DRAFTS = [
    Draft(
        family="reversal",
        difficulty="easy",
        tags=("strings",),
        statement="Return the string s with its characters in reverse order.",
        reference="""
def reverse_string(s: str) -> str:
    return s[::-1]
""",
        wrong=(
            "def reverse_string(s):\n    return list(reversed(s))\n",
            "def reverse_string(s):\n    return s[-2::-1]\n",
            "def reverse_string(s):\n    return ' '.join(s.split()[::-1])\n",
        ),
        examples=(("hello",), ("abc",)),
        edges=(("",), ("x",), ("noon",), ("a b c",), ("Hi there!",), ("xyz" * 100,)),
        generate=_draw_word,
    ),
    Draft(
        family="reversal",
        difficulty="easy",
        tags=("strings", "words"),
        statement="Return the words of the string s in reverse order, joined by single spaces.",
        reference="""
def reverse_words(s: str) -> str:
    return " ".join(reversed(s.split()))
""",
        wrong=(
            "def reverse_words(s):\n    return s[::-1]\n",
            "def reverse_words(s):\n    return s.split()[::-1]\n",
            "def reverse_words(s):\n    return ' '.join(word[::-1] for word in s.split())\n",
        ),
        examples=(("hello big world",), ("one two",)),
        edges=(("",), ("alone",), ("same same",), ("  extra   spaces here ",), ("up down " * 50,)),
        generate=_draw_sentence,
    ),
    Draft(
        family="reversal",
        difficulty="easy",
        tags=("lists",),
        statement="Return a new list with the items of nums in reverse order, leaving nums unchanged.",
        reference="""
def reverse_list(nums: list[int]) -> list[int]:
    return nums[::-1]
""",
        wrong=(
            "def reverse_list(nums):\n    return nums.reverse()\n",
            "def reverse_list(nums):\n    return sorted(nums, reverse=True)\n",
            "def reverse_list(nums):\n    return [nums[i] for i in range(len(nums) - 1, 0, -1)]\n",
        ),
        examples=(([1, 2, 3],), ([4, 9],)),
        edges=(([],), ([7],), ([2, 2, 1],), ([-1, 0, 5],), ([3, 1, 2],), (list(range(100)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(2, 9))],),
    ),
    Draft(
        family="palindromes",
        difficulty="easy",
        tags=("strings", "conditions"),
        statement="Return True if the string s reads the same backwards as forwards, otherwise False.",
        reference="""
def is_palindrome(s: str) -> bool:
    return s == s[::-1]
""",
        wrong=(
            "def is_palindrome(s):\n    return s[0] == s[-1]\n",
            "def is_palindrome(s):\n    return s if s == s[::-1] else ''\n",
            "def is_palindrome(s):\n    return len(s) > 1 and s == s[::-1]\n",
        ),
        examples=(("level",), ("hello",)),
        edges=(("",), ("a",), ("aa",), ("ab",), ("abca",), ("ab" * 100 + "a",), ("ab" * 100,)),
        generate=_draw_palindrome_or_not,
    ),
    Draft(
        family="palindromes",
        difficulty="easy",
        tags=("strings", "conditions"),
        statement=(
            "Return True if the string s reads the same backwards as forwards when upper and lower case "
            "count as equal, otherwise False."
        ),
        reference="""
def is_palindrome_ignoring_case(s: str) -> bool:
    lowered = s.lower()
    return lowered == lowered[::-1]
""",
        wrong=(
            "def is_palindrome_ignoring_case(s):\n    return s == s[::-1]\n",
            "def is_palindrome_ignoring_case(s):\n    return s.lower() == s[::-1]\n",
            "def is_palindrome_ignoring_case(s):\n    return s[0].lower() == s[-1].lower()\n",
        ),
        examples=(("Level",), ("Hello",)),
        edges=(("",), ("Q",), ("aA",), ("Ab",), ("NooN",), ("AbcA",), ("aB" * 100 + "A",)),
        generate=_draw_mixed_palindrome_or_not,
    ),
    Draft(
        family="repetition",
        difficulty="easy",
        tags=("strings",),
        statement="Return the string s repeated n times, or an empty string if n is 0 or less.",
        reference="""
def repeat_string(s: str, n: int) -> str:
    return s * n
""",
        wrong=(
            "def repeat_string(s, n):\n    return s * (n + 1)\n",
            "def repeat_string(s, n):\n    return [s] * n\n",
            "def repeat_string(s, n):\n    return ' '.join([s] * n)\n",
        ),
        examples=(("ab", 3), ("x", 1)),
        edges=(("abc", 0), ("", 5), ("hi", -2), ("cat", 1), ("a b", 2), ("z", 500)),
        generate=lambda rng: (*_draw_word(rng), rng.randint(2, 6)),
    ),
    Draft(
        family="repetition",
        difficulty="easy",
        tags=("strings", "loops"),
        statement="Return a string in which each character of s appears twice in a row.",
        reference="""
def double_each_char(s: str) -> str:
    return "".join(char * 2 for char in s)
""",
        wrong=(
            "def double_each_char(s):\n    return s * 2\n",
            "def double_each_char(s):\n    return [char * 2 for char in s]\n",
            "def double_each_char(s):\n    for char in s:\n        return char * 2\n",
        ),
        examples=(("abc",), ("hi",)),
        edges=(("",), ("x",), ("aa",), ("a b",), ("1-2",), ("abcde" * 60,)),
        generate=_draw_word,
    ),
    Draft(
        family="ends",
        difficulty="easy",
        tags=("strings",),
        statement=(
            "Return the first character of s followed by its last character. A single character is given twice, "
            "and an empty string gives an empty string."
        ),
        reference="""
def first_and_last(s: str) -> str:
    return s[:1] + s[-1:]
""",
        wrong=(
            "def first_and_last(s):\n    return s[0] + s[-1]\n",
            "def first_and_last(s):\n    return s if len(s) < 2 else s[0] + s[-1]\n",
            "def first_and_last(s):\n    return (s[:1], s[-1:])\n",
        ),
        examples=(("hello",), ("abc",)),
        edges=(("",), ("x",), ("ab",), ("zz",), ("a b!",), ("b" * 200 + "c",)),
        generate=_draw_word,
    ),
    Draft(
        family="ends",
        difficulty="easy",
        tags=("strings", "conditions"),
        statement="Return True if s is not empty and its first and last characters are equal, otherwise False.",
        reference="""
def same_first_and_last(s: str) -> bool:
    return s != "" and s[0] == s[-1]
""",
        wrong=(
            "def same_first_and_last(s):\n    return s[0] == s[-1]\n",
            "def same_first_and_last(s):\n    return len(s) > 1 and s[0] == s[-1]\n",
            "def same_first_and_last(s):\n    return s[:1] == s[-1:]\n",
        ),
        examples=(("abca",), ("hello",)),
        edges=(("",), ("x",), ("aa",), ("ab",), ("noon",), ("a" * 200 + "b",)),
        generate=_draw_same_ends_or_not,
    ),
]
