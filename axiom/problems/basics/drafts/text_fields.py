"""Cards, file names, addresses, key values, words, halves and windows of strings."""

import random

from axiom.problems.basics.authoring import Args, Draft

_WORDS = ("data", "notes", "photo", "report", "song", "table", "main", "index")
_ENDINGS = ("txt", "py", "csv", "jpeg", "md", "tar.gz")


def _draw_file_name(rng: random.Random) -> Args:
    name = rng.choice(_WORDS) + rng.choice(("", "_1", ".v2", " copy"))
    return (name if rng.random() < 0.2 else f"{name}.{rng.choice(_ENDINGS)}",)


def _draw_key_values(rng: random.Random) -> Args:
    keys = rng.sample((*"abcdxyz", "width", "height", "n1"), rng.randint(1, 5))
    return (";".join(f"{key}={rng.randint(-50, 300)}" for key in keys),)


def _draw_sentence(rng: random.Random) -> Args:
    return (" ".join(rng.choices(_WORDS, k=rng.randint(2, 5))) + " " * rng.choice((0, 0, 1)),)


def _draw_text(rng: random.Random, least: int, most: int, letters: str) -> Args:
    return ("".join(rng.choices(letters, k=rng.randint(least, most))),)


DRAFTS = [
    Draft(
        family="masking",
        difficulty="easy",
        tags=("strings",),
        statement="Return the string number with every character except the last four replaced by *.",
        reference="""
def mask_card(number: str) -> str:
    return "*" * (len(number) - 4) + number[-4:]
""",
        wrong=(
            "def mask_card(number):\n    return '*' * len(number) + number[-4:]\n",
            "def mask_card(number):\n    return '*' * 12 + number[-4:]\n",
            "def mask_card(number):\n    return number[:4] + '*' * (len(number) - 4)\n",
        ),
        examples=(("1234567812345678",), ("98765",)),
        edges=(("",), ("7",), ("123",), ("1234",), ("00000",), ("12 34 56",), ("9" * 100,)),
        generate=lambda rng: _draw_text(rng, 2, 20, "0123456789"),
    ),
    Draft(
        family="file_names",
        difficulty="easy",
        tags=("strings",),
        statement='Return the part of the file name after its last dot, or "" if there is no dot in it.',
        reference="""
def file_extension(name: str) -> str:
    return name.rsplit(".", 1)[1] if "." in name else ""
""",
        wrong=(
            "def file_extension(name):\n    return name.split('.')[-1]\n",
            "def file_extension(name):\n    return name.split('.')[1] if '.' in name else ''\n",
            "def file_extension(name):\n    return name[name.rfind('.'):] if '.' in name else ''\n",
        ),
        examples=(("notes.txt",), ("README",)),
        edges=(("",), ("a.b",), ("archive.tar.gz",), ("Photo.JPG",), ("Makefile",), ("end.",), ("v1." * 30 + "zip",)),
        generate=_draw_file_name,
    ),
    Draft(
        family="email",
        difficulty="easy",
        tags=("strings",),
        statement='Return the part of an email address after the @, or "" if there is no @ in it.',
        reference="""
def domain_of(email: str) -> str:
    return email.partition("@")[2]
""",
        wrong=(
            "def domain_of(email):\n    return email.split('@')[-1]\n",
            "def domain_of(email):\n    return email.split('@')[0]\n",
            "def domain_of(email):\n    return email[email.find('@'):]\n",
        ),
        examples=(("ada@example.com",), ("nobody",)),
        edges=(("",), ("a@b",), ("me@",), ("@site.org",), ("site.org",), ("x.y@mail.co.uk",), ("a" * 90 + "@me.net",)),
        generate=lambda rng: (f"{rng.choice(_WORDS)}@{rng.choice(_WORDS)}.{rng.choice(('com', 'org', 'net'))}",),
    ),
    Draft(
        family="key_values",
        difficulty="easy",
        tags=("strings", "dicts"),
        statement='Turn a text like "a=1;b=2" into a dict of names to ints and return it. Return {} for an empty text.',
        reference="""
def parse_key_values(text: str) -> dict[str, int]:
    pairs = [part.split("=") for part in text.split(";") if part]
    return {name: int(value) for name, value in pairs}
""",
        wrong=(
            "def parse_key_values(text):\n    return dict(part.split('=') for part in text.split(';') if part)\n",
            "def parse_key_values(text):\n    pairs = [p.split('=') for p in text.split(';')]\n"
            "    return {k: int(v) for k, v in pairs}\n",
            "def parse_key_values(text):\n    return {p[0]: int(p[2]) for p in text.split(';') if p}\n",
        ),
        examples=(("a=1;b=2",), ("width=30",)),
        edges=(
            ("",),
            ("x=0",),
            ("n=-5",),
            ("a=7;b=7;c=7",),
            ("total=123456",),
            (";".join(f"k{index}={index}" for index in range(50)),),
        ),
        generate=_draw_key_values,
    ),
    Draft(
        family="last_word",
        difficulty="easy",
        tags=("strings",),
        statement='Return the last word of s; words are separated by spaces. Return "" if s has no words.',
        reference="""
def last_word(s: str) -> str:
    words = s.split()
    return words[-1] if words else ""
""",
        wrong=(
            "def last_word(s):\n    return s.split(' ')[-1]\n",
            "def last_word(s):\n    return s.split()[-1]\n",
            "def last_word(s):\n    return s[-1] if s else ''\n",
        ),
        examples=(("good morning",), ("one two three",)),
        edges=(("",), ("hi",), ("   ",), ("the end  ",), ("  a b",), ("a a a",), ("word " * 40 + "last",)),
        generate=_draw_sentence,
    ),
    Draft(
        family="halves",
        difficulty="easy",
        tags=("strings",),
        statement="Return the first half of s. The middle character of a string of odd length is left out.",
        reference="""
def first_half(s: str) -> str:
    return s[: len(s) // 2]
""",
        wrong=(
            "def first_half(s):\n    return s[:(len(s) + 1) // 2]\n",
            "def first_half(s):\n    return s[len(s) // 2:]\n",
            "def first_half(s):\n    return s[:len(s) / 2]\n",
        ),
        examples=(("abcd",), ("hello",)),
        edges=(("",), ("a",), ("ab",), ("xyz",), ("  b ",), ("ab" * 51,), ("abc" * 33,)),
        generate=lambda rng: _draw_text(rng, 3, 14, "abcdefgh"),
    ),
    Draft(
        family="windows",
        difficulty="medium",
        tags=("strings",),
        statement=(
            "Return the length of the longest substring of s in which no character occurs twice. "
            "Return 0 for an empty string."
        ),
        reference="""
def longest_unique_substring(s: str) -> int:
    best = start = 0
    last_seen: dict[str, int] = {}
    for index, letter in enumerate(s):
        start = max(start, last_seen.get(letter, -1) + 1)
        last_seen[letter] = index
        best = max(best, index - start + 1)
    return best
""",
        wrong=(
            "def longest_unique_substring(s):\n    return len(set(s))\n",
            "def longest_unique_substring(s):\n    best, window = 0, ''\n    for c in s:\n"
            "        window = c if c in window else window + c\n        best = max(best, len(window))\n"
            "    return best\n",
            "def longest_unique_substring(s):\n    best, window = 0, ''\n    for c in s:\n        if c in window:\n"
            "            best, window = max(best, len(window)), window[window.index(c) + 1:]\n"
            "        window += c\n    return best\n",
        ),
        examples=(("abcabcbb",), ("bbb",)),
        edges=(("",), ("a",), ("abcdef",), ("dvdf",), ("abba",), ("tmmzuxt",), ("a b c",), ("abcde" * 40,)),
        generate=lambda rng: _draw_text(rng, 4, 14, "abcdefg"),
    ),
]
