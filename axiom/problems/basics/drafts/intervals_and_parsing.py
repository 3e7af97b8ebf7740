"""Intervals and parsing: rooms, gaps, expressions, versions, durations, numerals."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _spans(rng: random.Random) -> list[list[int]]:
    starts = [rng.randint(0, 15) for _ in range(rng.randint(2, 6))]
    return [[start, start + rng.randint(1, 6)] for start in starts]


def _expression(rng: random.Random) -> Args:
    text = str(rng.randint(0, 12))
    for _ in range(rng.randint(1, 5)):
        text += rng.choice("+-*") + str(rng.randint(0, 12))
    return (text,)


def _versions(rng: random.Random) -> Args:
    def version() -> str:
        return ".".join(str(rng.choice((0, 0, 1, 2, 10))) for _ in range(rng.randint(1, 4)))

    return (version(), version())


DRAFTS = [
    Draft(
        family="meetings",
        difficulty="medium",
        level=5,
        tags=("intervals", "sorting"),
        statement=(
            "Each meeting is [start, end] and needs a room from its start until just before its end. Return the least "
            "number of rooms in which all can be held."
        ),
        reference="""
def rooms_needed(meetings: list[list[int]]) -> int:
    return max([sum(start <= moment < end for start, end in meetings) for moment, _ in meetings], default=0)
""",
        wrong=(
            "def rooms_needed(meetings):\n    return max([sum(s <= m <= e for s, e in meetings) for m, _ in meetings], "
            "default=0)\n",
            "def rooms_needed(meetings):\n    ms = sorted(meetings)\n    return bool(ms) + sum(b[0] < a[1] for a, b in "
            "zip(ms, ms[1:]))\n",
            "def rooms_needed(meetings):\n    return len(meetings)\n",
        ),
        examples=(([[0, 5], [3, 8]],), ([[0, 2], [2, 4]],)),
        edges=(
            ([],),
            ([[1, 2]],),
            ([[1, 9], [2, 3], [4, 5]],),
            ([[1, 4], [1, 4], [1, 4]],),
            ([[5, 9], [0, 5]],),
            ([[0, 10], [1, 2], [2, 3], [3, 4]],),
            ([[i, i + 2] for i in range(20)],),
        ),
        generate=lambda rng: (_spans(rng),),
    ),
    Draft(
        family="gaps",
        difficulty="medium",
        level=5,
        tags=("intervals",),
        statement=(
            "Return the stretches [from, to] between start and end, in order, that none of the busy stretches covers. Busy "
            "ones may overlap, come in any order and reach beyond start or end."
        ),
        reference="""
def free_gaps(busy: list[list[int]], start: int, end: int) -> list[list[int]]:
    gaps = []
    for begin, finish in sorted(busy):
        if begin > start:
            gaps.append([start, min(begin, end)])
        start = max(start, finish)
        if start >= end:
            return gaps
    return [*gaps, [start, end]]
""",
        wrong=(
            "def free_gaps(busy, start, end):\n    gaps = []\n    for b, f in sorted(busy):\n        if b > start:\n"
            "            gaps.append([start, b])\n        start = f\n    return gaps + ([[start, end]] if start < end else [])\n",
            "def free_gaps(busy, start, end):\n    gaps = []\n    for b, f in busy:\n        if b > start:\n"
            "            gaps.append([start, min(b, end)])\n        start = max(start, f)\n        if start >= end:\n"
            "            return gaps\n    return gaps + [[start, end]]\n",
            "def free_gaps(busy, start, end):\n    busy = sorted(busy)\n    return [[a[1], b[0]] for a, b in zip(busy, busy[1:]) "
            "if a[1] < b[0]]\n",
        ),
        examples=(([[2, 4]], 0, 6), ([[0, 3]], 0, 5)),
        edges=(
            ([], 1, 4),
            ([[0, 9]], 2, 5),
            ([[5, 6], [1, 2]], 0, 8),
            ([[1, 6], [2, 3]], 0, 8),
            ([[1, 3], [3, 5]], 0, 6),
            ([[-4, -2]], 0, 3),
            ([[7, 9]], 0, 5),
            ([[0, 2], [8, 12]], 1, 10),
        ),
        generate=lambda rng: (_spans(rng), rng.randint(0, 4), rng.randint(10, 20)),
    ),
    Draft(
        family="merge_intervals",
        difficulty="medium",
        level=5,
        tags=("intervals", "greedy"),
        statement=(
            "Return the largest number of the intervals [start, end] that can be kept so that no two overlap; those that "
            "only touch do not."
        ),
        reference="""
def most_disjoint(intervals: list[list[int]]) -> int:
    kept, free = 0, float("-inf")
    for start, end in sorted(intervals, key=lambda interval: interval[1]):
        if start >= free:
            kept, free = kept + 1, end
    return kept
""",
        wrong=(
            "def most_disjoint(intervals):\n    kept, free = 0, float('-inf')\n    for s, e in sorted(intervals):\n"
            "        if s >= free:\n            kept, free = kept + 1, e\n    return kept\n",
            "def most_disjoint(intervals):\n    kept, free = 0, float('-inf')\n    for s, e in sorted(intervals, "
            "key=lambda i: i[1]):\n        if s > free:\n            kept, free = kept + 1, e\n    return kept\n",
            "def most_disjoint(intervals):\n    kept, free = 0, float('-inf')\n    for s, e in sorted(intervals, "
            "key=lambda i: i[1] - i[0]):\n        if s >= free:\n            kept, free = kept + 1, e\n    return kept\n",
        ),
        examples=(([[0, 5], [1, 2]],), ([[0, 1], [1, 2]],)),
        edges=(
            ([],),
            ([[3, 4]],),
            ([[0, 9], [1, 2], [3, 4]],),
            ([[1, 3], [1, 3]],),
            ([[0, 2], [1, 3], [2, 4]],),
            ([[4, 6], [0, 5], [5, 10]],),
            ([[i, i + 1] for i in range(25)],),
        ),
        generate=lambda rng: (_spans(rng),),
    ),
    Draft(
        family="expressions",
        difficulty="medium",
        level=5,
        tags=("parsing", "arithmetic"),
        statement=(
            "text holds whole numbers joined by +, - and * without spaces or brackets. Return its value, where * binds "
            "more strongly than the other two."
        ),
        reference="""
def value_of_expression(text: str) -> int:
    total = 0
    for term in text.replace("-", "+-").split("+"):
        sign = -1 if term.startswith("-") else 1
        product = 1
        for factor in term.removeprefix("-").split("*"):
            product *= int(factor)
        total += sign * product
    return total
""",
        wrong=(
            "import re\ndef value_of_expression(text):\n    parts = re.findall(r'\\d+|.', text)\n    total = int(parts[0])\n"
            "    for s, n in zip(parts[1::2], parts[2::2]):\n        total = total + int(n) if s == '+' else "
            "total - int(n) if s == '-' else total * int(n)\n    return total\n",
            "def value_of_expression(text):\n    total = 0\n    for term in text.split('+'):\n        p = 1\n"
            "        for f in term.split('*'):\n            p *= int(f.split('-')[0])\n        total += p\n    return total\n",
            "import re\ndef value_of_expression(text):\n    return sum(map(int, re.findall(r'\\d+', text)))\n",
        ),
        examples=(("2+3*4",), ("7-2",)),
        edges=(("0",), ("12",), ("2*3+4",), ("1-2-3",), ("10-2*3*2",), ("0*5-1",), ("1+1*0",), ("*".join("2" * 10),)),
        generate=_expression,
    ),
    Draft(
        family="versions",
        difficulty="medium",
        level=5,
        tags=("parsing", "strings"),
        statement=(
            "Return -1, 0 or 1 as the version a is older than, the same as or newer than b. Versions are whole numbers "
            "joined by dots, compared number by number; missing ones count as 0."
        ),
        reference="""
def compare_versions(a: str, b: str) -> int:
    first, second = ([int(part) for part in version.split(".")] for version in (a, b))
    length = max(len(first), len(second))
    first, second = (parts + [0] * (length - len(parts)) for parts in (first, second))
    return (first > second) - (first < second)
""",
        wrong=(
            "def compare_versions(a, b):\n    return (a > b) - (a < b)\n",
            "def compare_versions(a, b):\n    x, y = ([int(p) for p in v.split('.')] for v in (a, b))\n"
            "    return (x > y) - (x < y)\n",
            "def compare_versions(a, b):\n    for x, y in zip(a.split('.'), b.split('.')):\n        if int(x) != int(y):\n"
            "            return 1 if int(x) > int(y) else -1\n    return 0\n",
        ),
        examples=(("1.2", "1.10"), ("2.0", "2")),
        edges=(
            ("0", "0"),
            ("1", "1.0.1"),
            ("1.0.0", "1"),
            ("10", "9"),
            ("1.01", "1.1"),
            ("0.0.1", "0"),
            ("3.2.1", "3.2.1"),
        ),
        generate=_versions,
    ),
    Draft(
        family="clock",
        difficulty="medium",
        level=5,
        tags=("parsing", "time"),
        statement=(
            "A duration is written as numbers followed by d, h, m or s for days, hours, minutes and seconds, such as "
            "1h30m; each unit stands at most once, in any order. Return it in seconds."
        ),
        reference="""
def seconds_of(duration: str) -> int:
    units = {"d": 86400, "h": 3600, "m": 60, "s": 1}
    total = number = 0
    for sign in duration:
        if sign.isdigit():
            number = 10 * number + int(sign)
        else:
            total += number * units[sign]
            number = 0
    return total
""",
        wrong=(
            "def seconds_of(duration):\n    u = {'d': 86400, 'h': 3600, 'm': 60, 's': 1}\n    return sum(int(a) * u[b] for a, b "
            "in zip(duration, duration[1:]) if a.isdigit() and b in u)\n",
            "def seconds_of(duration):\n    u = {'d': 24, 'h': 3600, 'm': 60, 's': 1}\n    t = n = 0\n    for c in duration:\n"
            "        if c.isdigit():\n            n = 10 * n + int(c)\n        else:\n            t += n * u[c]\n"
            "            n = 0\n    return t\n",
            "def seconds_of(duration):\n    u = {'d': 86400, 'h': 3600, 'm': 60, 's': 1}\n    t = n = 0\n    for c in duration:\n"
            "        if c.isdigit():\n            n = 10 * n + int(c)\n        else:\n            t += n * u[c]\n    return t\n",
        ),
        examples=(("1h30m",), ("45s",)),
        edges=(("",), ("0s",), ("1d",), ("10m5s",), ("5s1m",), ("2d3h4m5s",), ("100s",), ("90m",)),
        generate=lambda rng: (
            "".join(f"{rng.randint(0, 120)}{unit}" for unit in rng.sample("dhms", rng.randint(1, 4))),
        ),
    ),
    Draft(
        family="roman",
        difficulty="medium",
        level=5,
        tags=("numbers", "strings"),
        statement="Return n, from 1 to 3999, as a Roman numeral.",
        reference="""
def int_to_roman(n: int) -> str:
    signs = (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    )
    text = ""
    for value, sign in signs:
        text += sign * (n // value)
        n %= value
    return text
""",
        wrong=(
            "def int_to_roman(n):\n    t = ''\n    for v, s in ((1000, 'M'), (500, 'D'), (100, 'C'), (50, 'L'), (10, 'X'), "
            "(5, 'V'), (1, 'I')):\n        t += s * (n // v)\n        n %= v\n    return t\n",
            "def int_to_roman(n):\n    t = ''\n    for v, s in ((1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), "
            "(50, 'L'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')):\n        t += s * (n // v)\n        n %= v\n"
            "    return t\n",
            "def int_to_roman(n):\n    return 'I' * n\n",
        ),
        examples=((14,), (1990,)),
        edges=((1,), (4,), (9,), (40,), (90,), (400,), (900,), (3999,), (500,), (58,), (3888,)),
        generate=lambda rng: (rng.randint(1, 3999),),
    ),
]
