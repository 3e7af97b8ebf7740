"""The alphabet, greetings, number words, interleaving and rotated strings."""

import random
import string

from axiom.problems.basics.authoring import Args, Draft

_WORDS = ("apple", "book", "car", "dog", "egg", "hat", "lamp", "pen", "tree")
_FIRST = ("Ada", "Alan", "Grace", "Linus", "Guido", "Barbara", "Ken", "Donald", "Margaret")
_LAST = ("Hopper", "Turing", "Liskov", "Knuth", "Hamilton", "Ritchie", "Perlis", "Wirth")


def _draw_text(rng: random.Random, least: int, most: int, letters: str = "abcd") -> str:
    return "".join(rng.choices(letters, k=rng.randint(least, most)))


def _draw_alphabet(rng: random.Random) -> Args:
    letters = rng.sample(string.ascii_lowercase, 26)
    if rng.random() < 0.5:
        letters = letters[rng.randint(1, 5) :]
    mixed = [rng.choice((letter, letter.upper())) for letter in letters]
    return ("".join(mixed + rng.choices("aeo .!", k=3)),)


def _draw_interleave(rng: random.Random) -> Args:
    size = rng.randint(2, 8)
    return _draw_text(rng, size, size, "abcde"), _draw_text(rng, size, size, "vwxyz")


def _draw_interleave_lists(rng: random.Random) -> Args:
    first, second = (rng.choices(range(-9, 50), k=rng.randint(0, 6)) for _ in range(2))
    return first, second


def _draw_subsequence(rng: random.Random) -> Args:
    s = _draw_text(rng, 3, 10)
    if rng.random() < 0.5:
        return "".join(letter for letter in s if rng.random() < 0.5), s
    return _draw_text(rng, 2, 4), s


def _draw_rotation(rng: random.Random) -> Args:
    a = _draw_text(rng, 3, 8, "abcde")
    cut = rng.randrange(len(a))
    b = a[cut:] + a[:cut]
    if rng.random() < 0.5:
        return a, b
    return a, rng.choice((b[::-1], b + b[0], b[:-1], b[:-1] + "z"))


DRAFTS = [
    Draft(
        family="alphabet",
        difficulty="easy",
        tags=("strings",),
        statement="Return True if s contains every letter from a to z, in upper or lower case, else False.",
        reference="""
def is_pangram(s: str) -> bool:
    return set("abcdefghijklmnopqrstuvwxyz") <= set(s.lower())
""",
        wrong=(
            "def is_pangram(s):\n    return len(set(s)) >= 26\n",
            "def is_pangram(s):\n    return all(c in s for c in 'abcdefghijklmnopqrstuvwxyz')\n",
            "def is_pangram(s):\n    return len(s) >= 26\n",
        ),
        examples=(("The quick brown fox jumps over the lazy dog",), ("Hello world",)),
        edges=(
            ("",),
            ("abcdefghijklmnopqrstuvwxyz",),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ",),
            ("abcdefghijklmnopqrstuvwxy",),
            ("abcdefghijklmnopqrstuvwxy 0123456789",),
            ("abc" * 50,),
        ),
        generate=_draw_alphabet,
    ),
    Draft(
        family="alphabet",
        difficulty="easy",
        tags=("strings",),
        statement=(
            "Return the letters from a to z that s does not contain in upper or lower case, "
            "as one lowercase string in alphabetical order."
        ),
        reference="""
def missing_letters(s: str) -> str:
    present = set(s.lower())
    return "".join(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in present)
""",
        wrong=(
            "def missing_letters(s):\n    return ''.join(c for c in 'abcdefghijklmnopqrstuvwxyz' if c not in s)\n",
            "def missing_letters(s):\n    return [c for c in 'abcdefghijklmnopqrstuvwxyz' if c not in s.lower()]\n",
            "def missing_letters(s):\n    return ''.join(c for c in 'abcdefghijklmnopqrstuvwxyz' if c in s.lower())\n",
        ),
        examples=(("The quick brown fox jumps over the dog",), ("abcdefghijklmnopqrstuvw",)),
        edges=(
            ("",),
            ("abcdefghijklmnopqrstuvwxyz",),
            ("BCDEFGHIJKLMNOPQRSTUVWXYZ",),
            ("123 !",),
            ("zZyY",),
            ("lazy dog " * 20,),
        ),
        generate=_draw_alphabet,
    ),
    Draft(
        family="greetings",
        difficulty="easy",
        tags=("strings",),
        statement='Return a greeting with the given name, like "Hello, Ada!".',
        reference="""
def greet(name: str) -> str:
    return f"Hello, {name}!"
""",
        wrong=(
            "def greet(name):\n    return f'Hello, {name.title()}!'\n",
            "def greet(name):\n    return 'Hello, name!'\n",
            "def greet(name):\n    return f'Hello, {name}'\n",
        ),
        examples=(("Ada",), ("Bob",)),
        edges=(("X",), ("Mary Ann",), ("O'Neil",), ("lee",), ("Ana" * 40,)),
        generate=lambda rng: (rng.choice(_FIRST) + rng.choice((" ", "-")) + rng.choice(_LAST),),
    ),
    Draft(
        family="greetings",
        difficulty="easy",
        tags=("strings",),
        statement=(
            "Return the full name: first and last with a space between them. "
            "If one of them is empty, return the other without a space."
        ),
        reference="""
def full_name(first: str, last: str) -> str:
    return f"{first} {last}".strip()
""",
        wrong=(
            "def full_name(first, last):\n    return first + last\n",
            "def full_name(first, last):\n    return first + ' ' + last\n",
            "def full_name(first, last):\n    return f'{last} {first}'.strip()\n",
        ),
        examples=(("Ada", "Lovelace"), ("Plato", "")),
        edges=(("", ""), ("", "Curie"), ("Madonna", ""), ("A", "B"), ("Mary Ann", "Lee"), ("x" * 60, "y" * 60)),
        generate=lambda rng: (rng.choice(_FIRST), rng.choice(_LAST)),
    ),
    Draft(
        family="ordinals",
        difficulty="medium",
        tags=("numbers", "strings"),
        statement='Return the ordinal of the positive number n with its English ending, like "1st", "2nd" or "11th".',
        reference="""
def ordinal(n: int) -> str:
    if n % 100 in (11, 12, 13):
        return f"{n}th"
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{n}{endings.get(n % 10, 'th')}"
""",
        wrong=(
            "def ordinal(n):\n    return str(n) + {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')\n",
            "def ordinal(n):\n    return str(n) + {1: 'st', 2: 'nd', 3: 'rd'}.get(n, 'th')\n",
            "def ordinal(n):\n    if n in (11, 12, 13):\n        return f'{n}th'\n"
            "    return str(n) + {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')\n",
        ),
        examples=((1,), (2,), (11,)),
        edges=((3,), (10,), (12,), (13,), (21,), (102,), (113,), (1000003,)),
        generate=lambda rng: (rng.choice((rng.randint(4, 130), rng.randint(0, 9) * 10 + rng.randint(1, 3))),),
    ),
    Draft(
        family="plurals",
        difficulty="easy",
        tags=("strings", "numbers"),
        statement=(
            "Return count and word with a space between them, with an s added to the word unless count is 1, "
            'like "1 cat" or "2 cats".'
        ),
        reference="""
def pluralize(word: str, count: int) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
""",
        wrong=(
            "def pluralize(word, count):\n    return f'{count} {word}s' if count > 1 else f'{count} {word}'\n",
            "def pluralize(word, count):\n    return f'{count} {word}s'\n",
            "def pluralize(word, count):\n    return word if count == 1 else word + 's'\n",
        ),
        examples=(("cat", 1), ("cat", 2)),
        edges=(("cat", 0), ("dog", 1), ("dog", 11), ("a", 1), ("star", 10**12)),
        generate=lambda rng: (rng.choice(_WORDS), rng.choice((0, 1, rng.randint(2, 120)))),
    ),
    Draft(
        family="interleaving",
        difficulty="easy",
        tags=("strings",),
        statement="Return the letters of a and b by turns, a first, as one string. Both strings have the same length.",
        reference="""
def interleave(a: str, b: str) -> str:
    return "".join(first + second for first, second in zip(a, b))
""",
        wrong=(
            "def interleave(a, b):\n    return a + b\n",
            "def interleave(a, b):\n    return ''.join(y + x for x, y in zip(a, b))\n",
            "def interleave(a, b):\n    return [x + y for x, y in zip(a, b)]\n",
        ),
        examples=(("abc", "xyz"), ("no", "TE")),
        edges=(("", ""), ("a", "b"), ("aa", "aa"), ("13", "24"), ("  ", "ab"), ("ab" * 40, "xy" * 40)),
        generate=_draw_interleave,
    ),
    Draft(
        family="interleaving",
        difficulty="easy",
        tags=("lists",),
        statement=(
            "Return a list with the items of a and b by turns, a first. "
            "When one list ends, the rest of the longer list follows."
        ),
        reference="""
def interleave_lists(a: list[int], b: list[int]) -> list[int]:
    shared = min(len(a), len(b))
    turns = [item for pair in zip(a, b) for item in pair]
    return turns + a[shared:] + b[shared:]
""",
        wrong=(
            "def interleave_lists(a, b):\n    return [x for pair in zip(a, b) for x in pair]\n",
            "def interleave_lists(a, b):\n    return a + b\n",
            "def interleave_lists(a, b):\n    turns = [x for pair in zip(a, b) for x in pair]\n"
            "    return turns + a[len(b):]\n",
        ),
        examples=(([1, 2], [8, 9]), ([1, 2, 3, 4], [7])),
        edges=(
            ([], []),
            ([1, 2], []),
            ([], [3]),
            ([5], [6]),
            ([0], [1, 1, 1]),
            (list(range(0, 90, 2)), list(range(1, 60, 2))),
        ),
        generate=_draw_interleave_lists,
    ),
    Draft(
        family="subsequences",
        difficulty="medium",
        tags=("strings",),
        statement=(
            "Return True if the letters of part all occur in s in the same order, possibly with others between them, "
            "else False. An empty part gives True."
        ),
        reference="""
def is_subsequence(part: str, s: str) -> bool:
    rest = iter(s)
    return all(letter in rest for letter in part)
""",
        wrong=(
            "def is_subsequence(part, s):\n    return part in s\n",
            "def is_subsequence(part, s):\n    return all(c in s for c in part)\n",
            "def is_subsequence(part, s):\n    return all(part.count(c) <= s.count(c) for c in part)\n",
        ),
        examples=(("ace", "abcde"), ("aec", "abcde")),
        edges=(("", ""), ("", "abc"), ("a", ""), ("aa", "a"), ("abc", "abc"), ("ba", "ab"), ("bb", "ab" * 50)),
        generate=_draw_subsequence,
    ),
    Draft(
        family="rotated_strings",
        difficulty="easy",
        tags=("strings",),
        statement=(
            "Return True if b is a rotation of a, that is, if moving some letters from the start of a to its end "
            "gives b, else False. Equal strings count as rotations."
        ),
        reference="""
def is_rotation(a: str, b: str) -> bool:
    return len(a) == len(b) and b in a + a
""",
        wrong=(
            "def is_rotation(a, b):\n    return b in a + a\n",
            "def is_rotation(a, b):\n    return sorted(a) == sorted(b)\n",
            "def is_rotation(a, b):\n    return a == b[::-1]\n",
        ),
        examples=(("abcd", "cdab"), ("abcd", "acbd")),
        edges=(
            ("", ""),
            ("a", ""),
            ("a", "a"),
            ("ab", "ba"),
            ("abc", "cba"),
            ("abc", "bc"),
            ("ab" * 50, "ba" * 50),
        ),
        generate=_draw_rotation,
    ),
]
