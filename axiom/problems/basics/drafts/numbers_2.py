"""Percentages, rectangles, digits, ranges and distances."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_range_count(rng: random.Random) -> Args:
    nums = [rng.randint(-9, 9) for _ in range(rng.randint(1, 10))]
    return nums, rng.randint(-6, 0), rng.randint(0, 6)


DRAFTS = [
    Draft(
        family="percentages",
        difficulty="easy",
        tags=("numbers",),
        statement="Return what remains of price after a discount of percent percent.",
        reference="""
def discounted_price(price: float, percent: float) -> float:
    return price * (100 - percent) / 100
""",
        wrong=(
            "def discounted_price(price, percent):\n    return price - percent\n",
            "def discounted_price(price, percent):\n    return price * percent / 100\n",
            "def discounted_price(price, percent):\n    return price * (100 - percent) // 100\n",
        ),
        examples=((200, 10), (50, 40)),
        edges=((0, 50), (80, 0), (80, 100), (19.5, 50), (1, 1), (10**9, 25)),
        generate=lambda rng: (rng.randint(1, 500), rng.randint(1, 99)),
        compare="float",
    ),
    Draft(
        family="percentages",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the simple interest on principal for the given number of years at rate percent per year.",
        reference="""
def simple_interest(principal: float, rate: float, years: float) -> float:
    return principal * rate * years / 100
""",
        wrong=(
            "def simple_interest(principal, rate, years):\n    return principal * rate * years\n",
            "def simple_interest(principal, rate, years):\n    return principal * ((1 + rate / 100) ** years - 1)\n",
            "def simple_interest(principal, rate, years):\n    return principal + principal * rate * years / 100\n",
        ),
        examples=((1000, 5, 2), (200, 10, 1)),
        edges=((0, 5, 3), (1000, 0, 3), (1000, 5, 0), (500, 2.5, 4), (100, 3, 0.5), (10**8, 7, 30)),
        generate=lambda rng: (rng.randint(1, 50) * 100, rng.randint(1, 12), rng.randint(1, 10)),
        compare="float",
    ),
    Draft(
        family="rectangle",
        difficulty="easy",
        tags=("numbers", "geometry"),
        statement="Return the area of a rectangle with the given width and height.",
        reference="""
def rectangle_area(width: int, height: int) -> int:
    return width * height
""",
        wrong=(
            "def rectangle_area(width, height):\n    return width + height\n",
            "def rectangle_area(width, height):\n    return 2 * (width + height)\n",
            "def rectangle_area(width, height):\n    return width * width\n",
        ),
        examples=((3, 4), (5, 2)),
        edges=((0, 5), (6, 0), (1, 1), (7, 7), (10**6, 3)),
        generate=lambda rng: (rng.randint(1, 40), rng.randint(1, 40)),
    ),
    Draft(
        family="rectangle",
        difficulty="easy",
        tags=("numbers", "geometry"),
        statement="Return the perimeter of a rectangle with the given width and height.",
        reference="""
def rectangle_perimeter(width: int, height: int) -> int:
    return 2 * (width + height)
""",
        wrong=(
            "def rectangle_perimeter(width, height):\n    return width + height\n",
            "def rectangle_perimeter(width, height):\n    return width * height\n",
            "def rectangle_perimeter(width, height):\n    return 2 * width + height\n",
        ),
        examples=((3, 4), (10, 1)),
        edges=((1, 1), (2, 2), (7, 7), (1, 100), (10**6, 3)),
        generate=lambda rng: (rng.randint(1, 40), rng.randint(1, 40)),
    ),
    Draft(
        family="place_value",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement="Return the tens digit of the non-negative integer n; it is 0 when n is less than 10.",
        reference="""
def tens_digit(n: int) -> int:
    return n // 10 % 10
""",
        wrong=(
            "def tens_digit(n):\n    return n // 10\n",
            "def tens_digit(n):\n    return n % 10\n",
            "def tens_digit(n):\n    return int(str(n)[-2])\n",
            "def tens_digit(n):\n    return int(str(n)[0])\n",
        ),
        examples=((47,), (1385,)),
        edges=((0,), (7,), (10,), (100,), (205,), (987654321,)),
        generate=lambda rng: (rng.randint(10, 5000),),
    ),
    Draft(
        family="place_value",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement="Return the last digit of the integer n as a number from 0 to 9, ignoring the sign of n.",
        reference="""
def last_digit(n: int) -> int:
    return abs(n) % 10
""",
        wrong=(
            "def last_digit(n):\n    return n % 10\n",
            "def last_digit(n):\n    return str(n)[-1]\n",
            "def last_digit(n):\n    return abs(n) // 10\n",
        ),
        examples=((472,), (-38,)),
        edges=((0,), (7,), (10,), (-6,), (-123,), (10**12 + 9,)),
        generate=lambda rng: (rng.randint(-3000, 3000),),
    ),
    Draft(
        family="between",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement="Return whether x lies between low and high, both included, where low is at most high.",
        reference="""
def is_between(x: int, low: int, high: int) -> bool:
    return low <= x <= high
""",
        wrong=(
            "def is_between(x, low, high):\n    return low < x < high\n",
            "def is_between(x, low, high):\n    return low <= x < high\n",
            "def is_between(x, low, high):\n    return x >= low or x <= high\n",
        ),
        examples=((5, 1, 10), (12, 1, 10)),
        edges=((1, 1, 10), (10, 1, 10), (3, 3, 3), (0, 1, 10), (-4, -5, -3), (10**9, 0, 10)),
        generate=lambda rng: (rng.randint(-10, 20), rng.randint(-10, 5), rng.randint(5, 20)),
    ),
    Draft(
        family="between",
        difficulty="easy",
        tags=("lists", "conditions"),
        statement="Return how many numbers in the list nums are at least low and at most high.",
        reference="""
def count_in_range(nums: list[int], low: int, high: int) -> int:
    return sum(1 for number in nums if low <= number <= high)
""",
        wrong=(
            "def count_in_range(nums, low, high):\n    return sum(1 for n in nums if low < n < high)\n",
            "def count_in_range(nums, low, high):\n    return sum(1 for n in nums if n in range(low, high))\n",
            "def count_in_range(nums, low, high):\n    return [n for n in nums if low <= n <= high]\n",
        ),
        examples=(([1, 5, 9], 2, 8), ([3, 4, 5, 6], 4, 6)),
        edges=(
            ([], 0, 10),
            ([4], 4, 4),
            ([1, 2, 3], 7, 9),
            ([5, 5, 5, 6], 5, 5),
            ([-3, -2, -1, 0], -2, 0),
            (list(range(100)), 10, 89),
        ),
        generate=_draw_range_count,
    ),
    Draft(
        family="rounding",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the smallest multiple of 10 that is not less than the integer n.",
        reference="""
def round_up_to_ten(n: int) -> int:
    return (n + 9) // 10 * 10
""",
        wrong=(
            "def round_up_to_ten(n):\n    return round(n, -1)\n",
            "def round_up_to_ten(n):\n    return n // 10 * 10\n",
            "def round_up_to_ten(n):\n    return (n // 10 + 1) * 10\n",
        ),
        examples=((23,), (47,), (60,)),
        edges=((0,), (1,), (10,), (99,), (-23,), (-5,), (10**9 + 1,)),
        generate=lambda rng: (rng.randint(-200, 1000),),
    ),
    Draft(
        family="distance",
        difficulty="easy",
        tags=("numbers", "geometry"),
        statement="Return the Manhattan distance between the points (x1, y1) and (x2, y2).",
        reference="""
def manhattan_distance(x1: int, y1: int, x2: int, y2: int) -> int:
    return abs(x1 - x2) + abs(y1 - y2)
""",
        wrong=(
            "def manhattan_distance(x1, y1, x2, y2):\n    return ((x1 - x2) ** 2 + (y1 - y2) ** 2) ** 0.5\n",
            "def manhattan_distance(x1, y1, x2, y2):\n    return (x2 - x1) + (y2 - y1)\n",
            "def manhattan_distance(x1, y1, x2, y2):\n    return max(abs(x1 - x2), abs(y1 - y2))\n",
            "def manhattan_distance(x1, y1, x2, y2):\n    return abs(x1 - y1) + abs(x2 - y2)\n",
        ),
        examples=((0, 0, 3, 4), (5, 1, 2, 2)),
        edges=((0, 0, 0, 0), (4, 7, 4, 7), (2, 5, 2, 1), (-1, -2, -4, -6), (-3, 2, 3, -2), (10**6, 0, -(10**6), 1)),
        generate=lambda rng: tuple(rng.randint(-20, 20) for _ in range(4)),
    ),
]
