"""Digits, the plane, tables of cases and the nearest number."""

import random

from axiom.problems.basics.authoring import Args, Draft

_ARMSTRONG = (0, 1, 5, 9, 370, 371, 407, 1634, 8208, 54748, 92727, 93084)


def _draw_armstrong(rng: random.Random) -> Args:
    return (rng.choice(_ARMSTRONG) if rng.random() < 0.5 else rng.randint(10, 9999),)


def _draw_move(rng: random.Random) -> str:
    move = rng.choice(("rock", "paper", "scissors"))
    return rng.choice((move, move.upper(), move.capitalize()))


def _draw_nearest(rng: random.Random) -> Args:
    x = rng.randint(-20, 20)
    gap = rng.randint(1, 9)
    if rng.random() < 0.25:
        return rng.choice(((x - gap, x + gap, x), (x + gap, x - gap, x)))
    return rng.randint(-30, 30), rng.randint(-30, 30), x


def _draw_nearest_to_zero(rng: random.Random) -> Args:
    nums = [rng.choice((-1, 1)) * rng.randint(2, 30) for _ in range(rng.randint(1, 8))]
    if rng.random() < 0.4:
        nums.append(-min(nums, key=abs))
    return (nums,)


DRAFTS = [
    Draft(
        family="games",
        difficulty="easy",
        tags=("strings", "conditions"),
        statement=(
            "Two players choose a and b, each rock, paper or scissors; upper and lower case do not matter. "
            'Return "first" if a beats b, "second" if b beats a, else "draw".'
        ),
        reference="""
def rock_paper_scissors(a: str, b: str) -> str:
    beats = {"rock": "scissors", "scissors": "paper", "paper": "rock"}
    first, second = a.lower(), b.lower()
    if first == second:
        return "draw"
    return "first" if beats[first] == second else "second"
""",
        wrong=(
            "def rock_paper_scissors(a, b):\n    beats = {'rock': 'scissors', 'scissors': 'paper', 'paper': 'rock'}\n"
            "    if a == b:\n        return 'draw'\n    return 'first' if beats[a] == b else 'second'\n",
            "def rock_paper_scissors(a, b):\n    a, b = a.lower(), b.lower()\n    if a == b:\n        return 'draw'\n"
            "    return 'first' if a > b else 'second'\n",
            "def rock_paper_scissors(a, b):\n    a, b = a.lower(), b.lower()\n    if a == b:\n        return 'draw'\n"
            "    return a if a + b in ('rockscissors', 'scissorspaper', 'paperrock') else b\n",
        ),
        examples=(("rock", "scissors"), ("scissors", "Rock"), ("paper", "paper")),
        edges=(
            ("paper", "rock"),
            ("scissors", "paper"),
            ("rock", "paper"),
            ("paper", "scissors"),
            ("rock", "rock"),
            ("SCISSORS", "scissors"),
        ),
        generate=lambda rng: (_draw_move(rng), _draw_move(rng)),
    ),
    Draft(
        family="armstrong",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement=(
            "Return True if n equals the sum of its digits, each raised to the power of the number of digits of n, "
            "else False. n is not negative."
        ),
        reference="""
def is_armstrong(n: int) -> bool:
    digits = str(n)
    return n == sum(int(digit) ** len(digits) for digit in digits)
""",
        wrong=(
            "def is_armstrong(n):\n    return n == sum(int(d) ** 3 for d in str(n))\n",
            "def is_armstrong(n):\n    return sum(int(d) ** len(str(n)) for d in str(n))\n",
            "def is_armstrong(n):\n    return n == sum(int(d) for d in str(n)) ** len(str(n))\n",
        ),
        examples=((153,), (154,)),
        edges=((0,), (7,), (10,), (100,), (9474,), (9475,), (548834,)),
        generate=_draw_armstrong,
    ),
    Draft(
        family="digit_names",
        difficulty="easy",
        tags=("numbers", "strings"),
        statement='Return the English name of the digit n, "zero" to "nine", or "" if n is not from 0 to 9.',
        reference="""
def digit_name(n: int) -> str:
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return names[n] if 0 <= n <= 9 else ""
""",
        wrong=(
            "def digit_name(n):\n    return 'zero one two three four five six seven eight nine'.split()[n]\n",
            "def digit_name(n):\n"
            "    names = 'one two three four five six seven eight nine'.split()\n"
            "    return names[n - 1] if 1 <= n <= 9 else ''\n",
            "def digit_name(n):\n    return str(n) if 0 <= n <= 9 else ''\n",
        ),
        examples=((4,), (7,), (12,)),
        edges=((0,), (1,), (2,), (3,), (5,), (6,), (8,), (9,), (10,), (-1,)),
        generate=lambda rng: (rng.choice((rng.randint(-10, -2), rng.randint(11, 1000))),),
    ),
    Draft(
        family="plane",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement=(
            "Return the quadrant of the point (x, y): 1 if both are positive, 2 if only y is, 3 if both are negative, "
            "4 if only x is positive, and 0 for a point on an axis."
        ),
        reference="""
def quadrant(x: int, y: int) -> int:
    if x == 0 or y == 0:
        return 0
    if y > 0:
        return 1 if x > 0 else 2
    return 3 if x < 0 else 4
""",
        wrong=(
            "def quadrant(x, y):\n    if y >= 0:\n        return 1 if x >= 0 else 2\n    return 3 if x < 0 else 4\n",
            "def quadrant(x, y):\n    if x == 0 and y == 0:\n        return 0\n"
            "    if y > 0:\n        return 1 if x > 0 else 2\n    return 3 if x < 0 else 4\n",
            "def quadrant(x, y):\n    if x == 0 or y == 0:\n        return 0\n"
            "    if x > 0:\n        return 1 if y > 0 else 2\n    return 3 if y < 0 else 4\n",
        ),
        examples=((3, 4), (-1, 2), (0, 5)),
        edges=((0, 0), (7, 0), (0, -3), (-2, -2), (5, -1), (-9, 1), (1000000, 1)),
        generate=lambda rng: (rng.randint(-9, 9), rng.randint(-9, 9)),
    ),
    Draft(
        family="brackets_of_age",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement="Return the ticket price for an age: 0 under 6, 5 from 6 to 17, 10 from 18 to 64, and 7 from 65 on.",
        reference="""
def ticket_price(age: int) -> int:
    if age < 6:
        return 0
    if age < 18:
        return 5
    return 10 if age < 65 else 7
""",
        wrong=(
            "def ticket_price(age):\n    if age <= 6:\n        return 0\n    if age <= 18:\n        return 5\n"
            "    return 10 if age <= 65 else 7\n",
            "def ticket_price(age):\n    if age < 6:\n        return 0\n    return 5 if age < 18 else 10\n",
            "def ticket_price(age):\n    if age < 6:\n        return 0\n    if age < 18:\n        return 5\n"
            "    return 10 if age <= 65 else 7\n",
        ),
        examples=((3,), (10,), (40,)),
        edges=((0,), (5,), (6,), (17,), (18,), (64,), (65,), (100,)),
        generate=lambda rng: (rng.randint(1, 99),),
    ),
    Draft(
        family="nearest",
        difficulty="easy",
        tags=("numbers",),
        statement="Return a or b, whichever is nearer to x. Return the larger of the two if both are equally near.",
        reference="""
def nearest_to(a: int, b: int, x: int) -> int:
    if abs(a - x) == abs(b - x):
        return max(a, b)
    return a if abs(a - x) < abs(b - x) else b
""",
        wrong=(
            "def nearest_to(a, b, x):\n    return a if abs(a - x) < abs(b - x) else b\n",
            "def nearest_to(a, b, x):\n    return a if a - x < b - x else b\n",
            "def nearest_to(a, b, x):\n    return min(abs(a - x), abs(b - x))\n",
        ),
        examples=((1, 10, 4), (8, 2, 5)),
        edges=((2, 8, 5), (3, 3, 9), (-5, 5, 0), (-10, -1, -7), (4, 7, 7), (0, 10**9, 10**9 - 1)),
        generate=_draw_nearest,
    ),
    Draft(
        family="nearest",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement=(
            "Return the number in nums that is nearest to zero. "
            "If a positive and a negative number are equally near, return the positive one; nums is not empty."
        ),
        reference="""
def nearest_to_zero(nums: list[int]) -> int:
    return min(nums, key=lambda number: (abs(number), -number))
""",
        wrong=(
            "def nearest_to_zero(nums):\n    return min(nums)\n",
            "def nearest_to_zero(nums):\n    return min(nums, key=abs)\n",
            "def nearest_to_zero(nums):\n    return min(abs(n) for n in nums)\n",
        ),
        examples=(([4, -2, 7],), ([-3, 3, 8],)),
        edges=(([5],), ([-6],), ([0, 1, -1],), ([-4, -9],), ([2, -2],), ([-2, 2, -2],), (list(range(-60, -9)),)),
        generate=_draw_nearest_to_zero,
    ),
]
