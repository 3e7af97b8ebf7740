"""Vowels, letter case and counts of the characters of strings."""

import random

from axiom.problems.basics.authoring import Draft


def _draw_mixed_text(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("aAeEiIoOuUbBcDfGhLmnRsTyz 1!") for _ in range(rng.randint(3, 14))),)


def _draw_few_letters(rng: random.Random) -> tuple[str]:
    return ("".join(rng.choice("abcd") for _ in range(rng.randint(2, 10))),)


def _draw_names(rng: random.Random) -> tuple[str]:
    words = ("red", "Blue", "bIG", "cat", "o'clock", "sun", "a", "it's")
    return (" ".join(rng.choice(words) for _ in range(rng.randint(2, 5))),)


DRAFTS = [
    Draft(
        family="vowels",
        difficulty="easy",
        tags=("strings", "counting"),
        statement="Return how many characters of s are vowels (a, e, i, o or u, in lower or upper case).",
        reference="""
def count_vowels(s: str) -> int:
    return sum(1 for char in s.lower() if char in "aeiou")
""",
        wrong=(
            "def count_vowels(s):\n    return sum(1 for c in s if c in 'aeiou')\n",
            "def count_vowels(s):\n    return len(set(s.lower()) & set('aeiou'))\n",
            "def count_vowels(s):\n    return sum(1 for c in s.lower() if c not in 'aeiou')\n",
        ),
        examples=(("hello",), ("APPLE pie",)),
        edges=(("",), ("E",), ("xyz",), ("aeiouAEIOU",), ("ooo",), ("banana " * 30,)),
        generate=_draw_mixed_text,
    ),
    Draft(
        family="vowels",
        difficulty="easy",
        tags=("strings", "filtering"),
        statement="Return the string s without its vowels (a, e, i, o and u, in lower or upper case).",
        reference="""
def remove_vowels(s: str) -> str:
    return "".join(char for char in s if char not in "aeiouAEIOU")
""",
        wrong=(
            "def remove_vowels(s):\n    return ''.join(c for c in s if c not in 'aeiou')\n",
            "def remove_vowels(s):\n    return ''.join(c for c in s.lower() if c not in 'aeiou')\n",
            "def remove_vowels(s):\n    return [c for c in s if c not in 'aeiouAEIOU']\n",
        ),
        examples=(("hello",), ("Orange Tree",)),
        edges=(("",), ("A",), ("xyz",), ("aeiouAEIOU",), ("BOOK",), ("Banana " * 30,)),
        generate=_draw_mixed_text,
    ),
    Draft(
        family="case",
        difficulty="easy",
        tags=("strings",),
        statement="Return s with lower case letters made upper case and upper case letters made lower case.",
        reference="""
def swap_case(s: str) -> str:
    return "".join(char.lower() if char.isupper() else char.upper() for char in s)
""",
        wrong=(
            "def swap_case(s):\n    return s.upper()\n",
            "def swap_case(s):\n    return s.lower() if s.isupper() else s.upper()\n",
            "def swap_case(s):\n    return ''.join(c.lower() if c.isupper() else c for c in s)\n",
        ),
        examples=(("Hello",), ("abc DEF",)),
        edges=(("",), ("a",), ("Z",), ("123 !?",), ("ABC",), ("aB" * 100,)),
        generate=_draw_mixed_text,
    ),
    Draft(
        family="case",
        difficulty="easy",
        tags=("strings", "words"),
        statement=(
            "Return s with the first letter of each word made upper case and everything else unchanged. "
            "Words are separated by single spaces."
        ),
        reference="""
def capitalize_words(s: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in s.split(" "))
""",
        wrong=(
            "def capitalize_words(s):\n    return s.title()\n",
            "def capitalize_words(s):\n    return s.capitalize()\n",
            "def capitalize_words(s):\n    return ' '.join(word.capitalize() for word in s.split(' '))\n",
        ),
        examples=(("hello world",), ("my big DOG",)),
        edges=(("",), ("x",), ("Already Done",), ("don't stop",), ("iPhone and iPad",), ("go on " * 40 + "end",)),
        generate=_draw_names,
    ),
    Draft(
        family="case",
        difficulty="easy",
        tags=("strings", "counting"),
        statement="Return how many characters of s are upper case letters.",
        reference="""
def count_uppercase(s: str) -> int:
    return sum(1 for char in s if char.isupper())
""",
        wrong=(
            "def count_uppercase(s):\n    return sum(1 for c in s if c == c.upper())\n",
            "def count_uppercase(s):\n    return ''.join(c for c in s if c.isupper())\n",
            "def count_uppercase(s):\n    return len(set(c for c in s if c.isupper()))\n",
        ),
        examples=(("Hello World",), ("abc",)),
        edges=(("",), ("A",), ("z",), ("123 !?",), ("AAA",), ("aB" * 100,)),
        generate=_draw_mixed_text,
    ),
    Draft(
        family="char_counts",
        difficulty="easy",
        tags=("strings", "counting"),
        statement="Return how many times the character c occurs in the string s.",
        reference="""
def count_char(s: str, c: str) -> int:
    return s.count(c)
""",
        wrong=(
            "def count_char(s, c):\n    return c in s\n",
            "def count_char(s, c):\n    return s.find(c)\n",
            "def count_char(s, c):\n    return s.lower().count(c.lower())\n",
        ),
        examples=(("banana", "a"), ("hello", "z")),
        edges=(("", "a"), ("a", "a"), ("Anna", "a"), ("aaaa", "a"), ("a b c", " "), ("ab" * 100, "b")),
        generate=lambda rng: (*_draw_few_letters(rng), rng.choice("abc")),
    ),
    Draft(
        family="char_counts",
        difficulty="easy",
        tags=("strings", "dictionaries"),
        statement="Return a dictionary that maps each character of s to the number of times it occurs in s.",
        reference="""
def char_frequencies(s: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for char in s:
        counts[char] = counts.get(char, 0) + 1
    return counts
""",
        wrong=(
            "def char_frequencies(s):\n    return {c: 1 for c in s}\n",
            "def char_frequencies(s):\n    return [(c, s.count(c)) for c in s]\n",
            "def char_frequencies(s):\n    return {c: s.count(c) - 1 for c in s}\n",
        ),
        examples=(("hello",), ("aab",)),
        edges=(("",), ("x",), ("zzzz",), ("Aa",), ("a b a",), ("abc" * 100,)),
        generate=_draw_few_letters,
    ),
    Draft(
        family="char_counts",
        difficulty="easy",
        tags=("strings", "counting"),
        statement=(
            "Return the character that occurs most often in the non-empty string s; "
            "on a tie, return the one that comes first in s."
        ),
        reference="""
def most_common_char(s: str) -> str:
    return max(s, key=s.count)
""",
        wrong=(
            "def most_common_char(s):\n    return max(sorted(s), key=s.count)\n",
            "def most_common_char(s):\n    return max(s[::-1], key=s.count)\n",
            "def most_common_char(s):\n    return max(s)\n",
        ),
        examples=(("hello",), ("abab",)),
        edges=(("x",), ("ba",), ("zzz",), ("cbbc",), ("Aaa",), ("ab" * 100 + "b",)),
        generate=_draw_few_letters,
    ),
]
