"""Prefixes, words, characters, padding, names, clock times, markup and replacement in strings."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_prefixed(rng: random.Random) -> Args:
    shared = "".join(rng.choices("abc", k=rng.randint(0, 5)))
    first, second = ("".join(rng.choices("abc", k=rng.randint(0, 4))) for _ in range(2))
    return shared + first, shared + second


def _draw_sentence(rng: random.Random) -> Args:
    words = ["sun", "a", "river", "tree", "of", "mountain", "is", "cat"]
    return (rng.choice([" ", " ", "  "]).join(rng.choices(words, k=rng.randint(2, 6))),)


def _draw_digits(rng: random.Random) -> Args:
    alphabet = "0123456789" if rng.random() < 0.5 else "0123456789ab.-"
    return ("".join(rng.choices(alphabet, k=rng.randint(2, 7))),)


def _draw_padding(rng: random.Random) -> Args:
    text = "".join(rng.choices("abc12", k=rng.randint(1, 6)))
    return text, rng.randint(1, 9), rng.choice("0*-. ")


def _draw_equally_long(rng: random.Random) -> Args:
    length = rng.randint(2, 10)
    return "".join(rng.choices("abc", k=length)), "".join(rng.choices("abc", k=length))


def _draw_snake_case(rng: random.Random) -> Args:
    words = ["user", "name", "total", "is", "valid", "max", "item", "count"]
    return ("_".join(rng.choices(words, k=rng.randint(2, 4))),)


DRAFTS = [
    Draft(
        family="prefix",
        difficulty="easy",
        tags=("strings",),
        statement="Return the longest string that both a and b start with; it may be empty.",
        reference="""
def common_prefix(a: str, b: str) -> str:
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]:
        length += 1
    return a[:length]
""",
        wrong=(
            "def common_prefix(a, b):\n    return ''.join(x for x, y in zip(a, b) if x == y)\n",
            "def common_prefix(a, b):\n    return a if b.startswith(a) else ''\n",
            """
def common_prefix(a, b):
    for i in range(min(len(a), len(b))):
        if a[i] != b[i]:
            return a[:i]
    return ""
""",
        ),
        examples=(("flower", "flow"), ("car", "cat"), ("dog", "tree")),
        edges=(("", ""), ("", "abc"), ("abc", "abc"), ("abcd", "xbcd"), ("abxcd", "abycd"), ("a" * 50, "a" * 49 + "b")),
        generate=_draw_prefixed,
    ),
    Draft(
        family="words",
        difficulty="easy",
        tags=("strings", "words"),
        statement="Return how many words the string s has; words are separated by one or more spaces.",
        reference="""
def count_words(s: str) -> int:
    return len(s.split())
""",
        wrong=(
            "def count_words(s):\n    return s.count(' ') + 1\n",
            "def count_words(s):\n    return len(s.split(' '))\n",
            "def count_words(s):\n    return len(s)\n",
        ),
        examples=(("the quick fox",), ("hello",)),
        edges=(("",), ("a",), ("   ",), ("two  words",), (" padded text ",), ("no no no",), ("word " * 40,)),
        generate=_draw_sentence,
    ),
    Draft(
        family="words",
        difficulty="easy",
        tags=("strings", "words", "lists"),
        statement="Return a list of the lengths of the words in s, in order; one or more spaces separate words.",
        reference="""
def word_lengths(s: str) -> list[int]:
    return [len(word) for word in s.split()]
""",
        wrong=(
            "def word_lengths(s):\n    return [len(word) for word in s.split(' ')]\n",
            "def word_lengths(s):\n    return {word: len(word) for word in s.split()}\n",
            "def word_lengths(s):\n    return sorted(len(word) for word in s.split())\n",
            "def word_lengths(s):\n    return len(s.split())\n",
        ),
        examples=(("the quick fox",), ("hi",)),
        edges=(("",), ("a",), ("  ",), ("two  spaces",), (" padded text ",), ("on on on",), ("word " * 40,)),
        generate=_draw_sentence,
    ),
    Draft(
        family="stride",
        difficulty="easy",
        tags=("strings", "slices"),
        statement="Return every other character of s, starting with the first one.",
        reference="""
def every_other_char(s: str) -> str:
    return s[::2]
""",
        wrong=(
            "def every_other_char(s):\n    return s[1::2]\n",
            "def every_other_char(s):\n    return list(s[::2])\n",
            "def every_other_char(s):\n    return s[: len(s) // 2]\n",
            "def every_other_char(s):\n    return ''.join(s[i] for i in range(0, len(s) - 1, 2))\n",
        ),
        examples=(("abcdef",), ("hello",)),
        edges=(("",), ("x",), ("xy",), ("aaa",), ("a b c",), ("ab" * 50,)),
        generate=lambda rng: ("".join(rng.choices("abcdefghij", k=rng.randint(3, 12))),),
    ),
    Draft(
        family="stride",
        difficulty="easy",
        tags=("lists", "slices"),
        statement="Return a list of every other item of nums, starting with the first one.",
        reference="""
def every_other_item(nums: list[int]) -> list[int]:
    return nums[::2]
""",
        wrong=(
            "def every_other_item(nums):\n    return nums[1::2]\n",
            "def every_other_item(nums):\n    return [n for n in nums if n % 2 == 0]\n",
            "def every_other_item(nums):\n    return [nums[i] for i in range(0, len(nums) - 1, 2)]\n",
        ),
        examples=(([5, 6, 7, 8],), ([1, 2, 3],)),
        edges=(([],), ([4],), ([9, 2],), ([3, 3, 3],), ([-1, 0, -2, 0, -3],), (list(range(80)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(3, 12))],),
    ),
    Draft(
        family="digit_characters",
        difficulty="easy",
        tags=("strings", "digits"),
        statement="Return a string of the digits in s, in the order in which they stand in s.",
        reference="""
def extract_digits(s: str) -> str:
    return "".join(char for char in s if char.isdigit())
""",
        wrong=(
            "def extract_digits(s):\n    return [char for char in s if char.isdigit()]\n",
            "def extract_digits(s):\n    return int(''.join(char for char in s if char.isdigit()))\n",
            "def extract_digits(s):\n    return ''.join(char for char in s if not char.isdigit())\n",
            "def extract_digits(s):\n    return ''.join(sorted(char for char in s if char.isdigit()))\n",
        ),
        examples=(("a1b2c3",), ("room 42",)),
        edges=(("",), ("abc",), ("7",), ("007",), ("-3.50",), ("9 8 7 7",), ("x1" * 40,)),
        generate=lambda rng: ("".join(rng.choices("abcxyz 0123456789", k=rng.randint(2, 12))),),
    ),
    Draft(
        family="digit_characters",
        difficulty="easy",
        tags=("strings", "digits", "conditions"),
        statement="Return whether s is not empty and consists only of the digits 0 to 9.",
        reference="""
def is_all_digits(s: str) -> bool:
    return s != "" and all(char in "0123456789" for char in s)
""",
        wrong=(
            "def is_all_digits(s):\n    return all(char in '0123456789' for char in s)\n",
            "def is_all_digits(s):\n    return any(char.isdigit() for char in s)\n",
            "def is_all_digits(s):\n    return s[0].isdigit()\n",
            """
def is_all_digits(s):
    try:
        int(s)
        return True
    except ValueError:
        return False
""",
        ),
        examples=(("123",), ("12a",)),
        edges=(("",), ("0",), ("x",), ("-5",), ("1.5",), ("1 2",), ("0123456789" * 5,), ("1" * 50 + "l",)),
        generate=_draw_digits,
    ),
    Draft(
        family="codes",
        difficulty="easy",
        tags=("strings", "lists"),
        statement="Return a list of the Unicode code points of the characters in s, in order.",
        reference="""
def char_codes(s: str) -> list[int]:
    return [ord(char) for char in s]
""",
        wrong=(
            "def char_codes(s):\n    return list(s.encode())\n",
            "def char_codes(s):\n    return [ord(char) - ord('a') for char in s]\n",
            "def char_codes(s):\n    return sum(ord(char) for char in s)\n",
        ),
        examples=(("abc",), ("A1",)),
        edges=(("",), ("z",), (" ",), ("aa",), ("Hello, you!",), ("caf\u00e9",), ("ab" * 30,)),
        generate=lambda rng: ("".join(rng.choices("abcdefXYZ0189 ?-", k=rng.randint(2, 8))),),
    ),
    Draft(
        family="padding",
        difficulty="easy",
        tags=("strings",),
        statement=(
            "Return s with the character fill added on its left until it is width characters long; "
            "return s unchanged if it is already that long or longer."
        ),
        reference="""
def pad_left(s: str, width: int, fill: str) -> str:
    return fill * (width - len(s)) + s
""",
        wrong=(
            "def pad_left(s, width, fill):\n    return s.ljust(width, fill)\n",
            "def pad_left(s, width, fill):\n    return fill * width + s\n",
            "def pad_left(s, width, fill):\n    return (fill * width + s)[-width:]\n",
        ),
        examples=(("7", 3, "0"), ("cat", 5, ".")),
        edges=(("", 4, "*"), ("abc", 3, "-"), ("abcdef", 2, "-"), ("x", 0, "0"), ("00", 3, "0"), ("end", 60, " ")),
        generate=_draw_padding,
    ),
    Draft(
        family="truncation",
        difficulty="easy",
        tags=("strings", "slices"),
        statement='Return s if it has at most n characters, otherwise the first n characters of s followed by "...".',
        reference="""
def truncate(s: str, n: int) -> str:
    return s if len(s) <= n else s[:n] + "..."
""",
        wrong=(
            "def truncate(s, n):\n    return s[:n] + '...'\n",
            "def truncate(s, n):\n    return s if len(s) <= n else s[: n - 3] + '...'\n",
            "def truncate(s, n):\n    return s if len(s) < n else s[:n] + '...'\n",
            "def truncate(s, n):\n    return s[:n]\n",
        ),
        examples=(("hello world", 5), ("hi", 5)),
        edges=(("", 3), ("", 0), ("abc", 0), ("abc", 3), ("abcd", 3), ("a b c d", 4), ("long " * 20, 12)),
        generate=lambda rng: ("".join(rng.choices("abcde ", k=rng.randint(2, 12))), rng.randint(1, 10)),
    ),
    Draft(
        family="naming",
        difficulty="easy",
        tags=("strings", "words"),
        statement='Return the lower-case snake_case name s in camelCase, so that "my_old_name" becomes "myOldName".',
        reference="""
def snake_to_camel(s: str) -> str:
    first, *rest = s.split("_")
    return first + "".join(word.capitalize() for word in rest)
""",
        wrong=(
            "def snake_to_camel(s):\n    return ''.join(word.capitalize() for word in s.split('_'))\n",
            "def snake_to_camel(s):\n    return s.replace('_', '')\n",
            "def snake_to_camel(s):\n    first, second = s.split('_')\n    return first + second.capitalize()\n",
        ),
        examples=(("user_name",), ("is_valid_item",)),
        edges=(("",), ("total",), ("x",), ("a_b",), ("a_b_c_d",), ("no_no",), ("_".join(["word"] * 12),)),
        generate=_draw_snake_case,
    ),
    Draft(
        family="hamming",
        difficulty="easy",
        tags=("strings",),
        statement="Return the number of positions at which the equally long strings a and b have different characters.",
        reference="""
def hamming_distance(a: str, b: str) -> int:
    return sum(1 for left, right in zip(a, b) if left != right)
""",
        wrong=(
            "def hamming_distance(a, b):\n    return sum(1 for x, y in zip(a, b) if x == y)\n",
            "def hamming_distance(a, b):\n    return len(set(a) - set(b))\n",
            "def hamming_distance(a, b):\n    return sum(1 for i in range(len(a) - 1) if a[i] != b[i])\n",
            "def hamming_distance(a, b):\n    return a != b\n",
        ),
        examples=(("cat", "cut"), ("10110", "11100")),
        edges=(("", ""), ("a", "a"), ("a", "b"), ("abc", "cab"), ("Abc", "abc"), ("no", "no"), ("ab" * 40, "ba" * 40)),
        generate=_draw_equally_long,
    ),
    Draft(
        family="substrings",
        difficulty="easy",
        tags=("strings",),
        statement="Return how many times the non-empty string part occurs in s; occurrences may overlap.",
        reference="""
def count_substring(s: str, part: str) -> int:
    return sum(1 for start in range(len(s)) if s.startswith(part, start))
""",
        wrong=(
            "def count_substring(s, part):\n    return s.count(part)\n",
            "def count_substring(s, part):\n    return int(part in s)\n",
            """
def count_substring(s, part):
    count = 0
    for i in range(len(s) - len(part)):
        if s[i : i + len(part)] == part:
            count += 1
    return count
""",
        ),
        examples=(("banana", "an"), ("aaaa", "aa")),
        edges=(("", "a"), ("a", "a"), ("a", "ab"), ("abc", "abc"), ("abcd", "x"), ("banana", "ana"), ("a" * 60, "aaa")),
        generate=lambda rng: ("".join(rng.choices("ab", k=rng.randint(3, 12))), rng.choice(["a", "aa", "ab", "aba"])),
    ),
    Draft(
        family="clock",
        difficulty="easy",
        tags=("strings", "numbers", "formatting"),
        statement=(
            'Return n seconds as hours, minutes and seconds in a string of the form "HH:MM:SS"; '
            "each part has at least two digits."
        ),
        reference="""
def seconds_to_clock(n: int) -> str:
    return f"{n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}"
""",
        wrong=(
            "def seconds_to_clock(n):\n    return f'{n // 3600}:{n // 60 % 60}:{n % 60}'\n",
            "def seconds_to_clock(n):\n    return f'{n // 3600:02d}:{n // 60:02d}:{n % 60:02d}'\n",
            "def seconds_to_clock(n):\n    return f'{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}'\n",
        ),
        examples=((3661,), (75,)),
        edges=((0,), (59,), (60,), (3599,), (3600,), (86399,), (90000,), (360000,)),
        generate=lambda rng: (rng.randint(61, 86400),),
    ),
    Draft(
        family="markup",
        difficulty="easy",
        tags=("strings", "formatting"),
        statement='Return text between an opening and a closing tag, so that tag "b" and text "x" give "<b>x</b>".',
        reference="""
def wrap_in_tag(tag: str, text: str) -> str:
    return f"<{tag}>{text}</{tag}>"
""",
        wrong=(
            "def wrap_in_tag(tag, text):\n    return f'<{tag}>{text}<{tag}>'\n",
            "def wrap_in_tag(tag, text):\n    return f'<{text}>{tag}</{text}>'\n",
            "def wrap_in_tag(tag, text):\n    return f'<{tag}> {text} </{tag}>'\n",
            "def wrap_in_tag(tag, text):\n    return f'{tag}{text}{tag}'\n",
        ),
        examples=(("p", "hello"), ("h1", "My title")),
        edges=(("b", ""), ("i", "i"), ("em", " "), ("p", "<b>x</b>"), ("div", "a\nb"), ("span", "word " * 30)),
        generate=lambda rng: (rng.choice(["b", "i", "h2", "li"]), "".join(rng.choices("abcd ", k=rng.randint(2, 9)))),
    ),
    Draft(
        family="replacement",
        difficulty="easy",
        tags=("strings",),
        statement="Return s with every occurrence of the character old replaced by the character new.",
        reference="""
def replace_char(s: str, old: str, new: str) -> str:
    return s.replace(old, new)
""",
        wrong=(
            "def replace_char(s, old, new):\n    return s.replace(old, new, 1)\n",
            "def replace_char(s, old, new):\n    return s.replace(new, old)\n",
            "def replace_char(s, old, new):\n    return s.replace(old, '')\n",
        ),
        examples=(("banana", "a", "o"), ("a-b", "-", " ")),
        edges=(
            ("", "a", "b"),
            ("a", "a", "b"),
            ("abc", "x", "y"),
            ("abba", "a", "a"),
            ("Aa", "a", "z"),
            ("abab", "a", "b"),
            ("ab" * 50, "b", "c"),
        ),
        generate=lambda rng: ("".join(rng.choices("abc", k=rng.randint(3, 9))), rng.choice("abc"), rng.choice("abxy")),
    ),
]
