"""Characters, joined words, anagrams, ciphers and Roman numerals."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _word(rng: random.Random, letters: str, shortest: int, longest: int) -> str:
    return "".join(rng.choice(letters) for _ in range(rng.randint(shortest, longest)))


def _words(rng: random.Random, longest_list: int = 7) -> list[str]:
    return [_word(rng, "abcdeimnorst", 1, 8) for _ in range(rng.randint(1, longest_list))]


def _draw_middle(rng: random.Random) -> Args:
    length = 2 * rng.randint(0, 6) + 1
    return (_word(rng, "abcdefgh XY12", length, length),)


def _draw_anagrams(rng: random.Random) -> Args:
    first = _word(rng, "abcde", 2, 7)
    if rng.random() < 0.5:
        return (first, "".join(rng.sample(first, len(first))))
    return (first, rng.choice([first[:-1] + rng.choice("abcde"), first + first[0], first[1:]]))


def _draw_roman(rng: random.Random) -> Args:
    number = rng.randint(1, 3999)
    thousands, hundreds, tens, ones = number // 1000, number // 100 % 10, number // 10 % 10, number % 10
    digits = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
    tens_text = digits[tens].translate(str.maketrans("IVX", "XLC"))
    hundreds_text = digits[hundreds].translate(str.maketrans("IVX", "CDM"))
    return ("M" * thousands + hundreds_text + tens_text + digits[ones],)


DRAFTS = [
    Draft(
        family="middle",
        difficulty="easy",
        tags=("strings", "indexing"),
        statement="Return the character in the middle of the string s, whose length is odd.",
        reference="""
def middle_char(s: str) -> str:
    return s[len(s) // 2]
""",
        wrong=(
            "def middle_char(s):\n    return s[len(s) // 2 - 1]\n",
            "def middle_char(s):\n    return s[len(s) / 2]\n",
            "def middle_char(s):\n    return len(s) // 2\n",
        ),
        examples=(("abc",), ("hello",)),
        edges=(("x",), ("a b",), ("level",), ("aaabaaa",), ("ab" * 50 + "c" + "de" * 50,)),
        generate=_draw_middle,
    ),
    Draft(
        family="joining",
        difficulty="easy",
        tags=("strings", "lists"),
        statement="Return one string made of the strings in the list words with a dash (-) between them.",
        reference="""
def join_with_dashes(words: list[str]) -> str:
    return "-".join(words)
""",
        wrong=(
            "def join_with_dashes(words):\n    return ''.join(word + '-' for word in words)\n",
            "def join_with_dashes(words):\n    return ' - '.join(words)\n",
            "def join_with_dashes(words):\n    return '-'.join(words[0])\n",
        ),
        examples=((["a", "b", "c"],), (["well", "known"],)),
        edges=(([],), (["one"],), (["a", "a"],), (["two words", "x"],), (["ab"] * 60,)),
        generate=lambda rng: (_words(rng),),
    ),
    Draft(
        family="joining",
        difficulty="easy",
        tags=("strings", "words"),
        statement=(
            "Return the first letters of the words in name, in upper case and joined without separators. "
            "The words are separated by single spaces; return an empty string for an empty name."
        ),
        reference="""
def initials(name: str) -> str:
    return "".join(word[0].upper() for word in name.split())
""",
        wrong=(
            "def initials(name):\n    return ''.join(word[0] for word in name.split())\n",
            "def initials(name):\n    return name[0].upper()\n",
            "def initials(name):\n    return [word[0].upper() for word in name.split()]\n",
            "def initials(name):\n    return '.'.join(word[0].upper() for word in name.split())\n",
        ),
        examples=(("Ada Lovelace",), ("grace brewster hopper",)),
        edges=(("",), ("Plato",), ("x",), ("a B c",), ("JOHN Smith",), ("red blue " * 20 + "green",)),
        generate=lambda rng: (" ".join(rng.choice([word, word.title()]) for word in _words(rng, 5)),),
    ),
    Draft(
        family="spaces",
        difficulty="easy",
        tags=("strings",),
        statement="Return the string s without its spaces.",
        reference="""
def remove_spaces(s: str) -> str:
    return s.replace(" ", "")
""",
        wrong=(
            "def remove_spaces(s):\n    return s.strip()\n",
            "def remove_spaces(s):\n    s.replace(' ', '')\n    return s\n",
            "def remove_spaces(s):\n    return s.split(' ')\n",
            "def remove_spaces(s):\n    return s.replace('  ', '')\n",
        ),
        examples=(("a b c",), (" hello world ",)),
        edges=(("",), (" ",), ("abc",), ("     ",), ("  two  gaps",), ("a, b! ",), ("ab " * 80,)),
        generate=lambda rng: (_word(rng, "abcXY1  ", 2, 15),),
    ),
    Draft(
        family="anagrams",
        difficulty="easy",
        tags=("strings", "counting"),
        statement=(
            "Return True if the strings a and b consist of the same letters, each equally often, in any order, "
            "otherwise False."
        ),
        reference="""
def are_anagrams(a: str, b: str) -> bool:
    return sorted(a) == sorted(b)
""",
        wrong=(
            "def are_anagrams(a, b):\n    return set(a) == set(b)\n",
            "def are_anagrams(a, b):\n    return len(a) == len(b)\n",
            "def are_anagrams(a, b):\n    return a == b[::-1]\n",
        ),
        examples=(("listen", "silent"), ("apple", "grape")),
        edges=(
            ("", ""),
            ("a", ""),
            ("same", "same"),
            ("aab", "abb"),
            ("abc", "abcc"),
            ("abcd", "cadb"),
            ("abc" * 30, "cba" * 30),
        ),
        generate=_draw_anagrams,
    ),
    Draft(
        family="caesar",
        difficulty="medium",
        tags=("strings", "ciphers"),
        statement=(
            "Return s with each letter from a to z moved k places forward in the alphabet, going on with a after z. "
            "All other characters, upper-case letters too, stay as they are; k may be negative or larger than 26."
        ),
        reference="""
def caesar_shift(s: str, k: int) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    return "".join(alphabet[(alphabet.index(char) + k) % 26] if char in alphabet else char for char in s)
""",
        wrong=(
            "def caesar_shift(s, k):\n    return ''.join(chr(ord(c) + k) for c in s)\n",
            "def caesar_shift(s, k):\n    return ''.join(chr((ord(c) - 97 + k) % 26 + 97) for c in s)\n",
            "def caesar_shift(s, k):\n"
            "    return ''.join(chr((ord(c) - 97 - k) % 26 + 97) if 'a' <= c <= 'z' else c for c in s)\n",
            "def caesar_shift(s, k):\n"
            "    return ''.join(chr((ord(c) - 97 + k) % 25 + 97) if 'a' <= c <= 'z' else c for c in s)\n",
        ),
        examples=(("abc", 1), ("Hi, zoe!", 2), ("cat", -1)),
        edges=(
            ("", 5),
            ("xyz", 3),
            ("abc", -3),
            ("same", 0),
            ("same", 26),
            ("wrap", 100),
            ("ABC 12", 4),
            ("az" * 60, 1),
        ),
        generate=lambda rng: (_word(rng, "abcdehilmoqstuvwxyz AZ!", 2, 12), rng.randint(-30, 60)),
    ),
    Draft(
        family="run_lengths",
        difficulty="medium",
        tags=("strings", "compression"),
        statement=(
            "Return s with every run of equal letters replaced by that letter followed by the length of the run, "
            "which is written even when it is 1."
        ),
        reference="""
def run_length_encode(s: str) -> str:
    result = ""
    start = 0
    for index in range(1, len(s) + 1):
        if index == len(s) or s[index] != s[start]:
            result += s[start] + str(index - start)
            start = index
    return result
""",
        wrong=(
            "def run_length_encode(s):\n    return ''.join(c + str(s.count(c)) for c in dict.fromkeys(s))\n",
            "def run_length_encode(s):\n    from itertools import groupby\n"
            "    return ''.join(c if n == 1 else c + str(n) for c, n in ((c, len(list(g))) for c, g in groupby(s)))\n",
            "def run_length_encode(s):\n    result, count = '', 1\n    for i in range(1, len(s)):\n"
            "        if s[i] == s[i - 1]:\n            count += 1\n        else:\n"
            "            result += s[i - 1] + str(count)\n            count = 1\n    return result\n",
            "def run_length_encode(s):\n    from itertools import groupby\n"
            "    return ''.join(str(len(list(g))) + c for c, g in groupby(s))\n",
        ),
        examples=(("aaabb",), ("abca",)),
        edges=(("",), ("x",), ("zzzz",), ("abab",), ("aabbaa",), ("aA",), ("q" * 120 + "r",)),
        generate=lambda rng: ("".join(rng.choice("abc") * rng.randint(1, 4) for _ in range(rng.randint(2, 6))),),
    ),
    Draft(
        family="roman",
        difficulty="medium",
        tags=("strings", "numbers"),
        statement="Return the value of the Roman numeral s, which is written in upper case.",
        reference="""
def roman_to_int(s: str) -> int:
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    total = 0
    for index, char in enumerate(s):
        value = values[char]
        if index + 1 < len(s) and values[s[index + 1]] > value:
            total -= value
        else:
            total += value
    return total
""",
        wrong=(
            "def roman_to_int(s):\n    values = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}\n"
            "    return sum(values[c] for c in s)\n",
            "def roman_to_int(s):\n    values = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100, 'D': 500, 'M': 1000}\n"
            "    n = [values[c] for c in s]\n"
            "    return sum(-a if a <= b else a for a, b in zip(n, n[1:])) + n[-1]\n",
            "def roman_to_int(s):\n    values = {'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}\n"
            "    n = [values[c] for c in s]\n"
            "    return sum(-a if a < b else a for a, b in zip(n, n[1:])) + n[-1]\n",
        ),
        examples=(("XII",), ("IX",)),
        edges=(("I",), ("III",), ("IV",), ("XL",), ("CM",), ("MCMXCIV",), ("MMMDCCCLXXXVIII",), ("MMMCMXCIX",)),
        generate=_draw_roman,
    ),
]
