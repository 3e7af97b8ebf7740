"""Circles, speed, progressions, division and scaling of numbers."""

from axiom.problems.basics.authoring import Draft

DRAFTS = [
    Draft(
        family="circle",
        difficulty="easy",
        tags=("numbers", "geometry"),
        statement="Return the area of a circle with the given radius, using math.pi.",
        reference="""
import math


def circle_area(radius: float) -> float:
    return math.pi * radius**2
""",
        wrong=(
            "def circle_area(radius):\n    return 3.14 * radius ** 2\n",
            "import math\n\n\ndef circle_area(radius):\n    return 2 * math.pi * radius\n",
            "import math\n\n\ndef circle_area(radius):\n    return (math.pi * radius) ** 2\n",
        ),
        examples=((1,), (2.5,)),
        edges=((0,), (0.5,), (2,), (10,), (1000000,)),
        generate=lambda rng: (rng.randint(1, 400) / 4,),
        compare="float",
    ),
    Draft(
        family="speed",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the average speed of a trip: distance divided by hours. Return 0 if hours is 0.",
        reference="""
def average_speed(distance: float, hours: float) -> float:
    if hours == 0:
        return 0
    return distance / hours
""",
        wrong=(
            "def average_speed(distance, hours):\n    return distance / hours\n",
            "def average_speed(distance, hours):\n    return distance // hours if hours else 0\n",
            "def average_speed(distance, hours):\n    return distance * hours\n",
        ),
        examples=((100, 2), (45, 0.5)),
        edges=((10, 0), (0, 3), (7, 2), (1, 3), (10**9, 8)),
        generate=lambda rng: (rng.randint(1, 900), rng.randint(1, 24) / 2),
        compare="float",
    ),
    Draft(
        family="progressions",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of n numbers that begins with start; each next number is the one before plus step.",
        reference="""
def arithmetic_sequence(start: int, step: int, n: int) -> list[int]:
    return [start + step * index for index in range(n)]
""",
        wrong=(
            "def arithmetic_sequence(start, step, n):\n    return [start + step * i for i in range(1, n + 1)]\n",
            "def arithmetic_sequence(start, step, n):\n    return list(range(start, n, step))\n",
            "def arithmetic_sequence(start, step, n):\n    return [start + step * i for i in range(n + 1)]\n",
        ),
        examples=((1, 2, 4), (10, -5, 3)),
        edges=((5, 3, 0), (5, 3, 1), (7, 0, 3), (-4, 2, 5), (0, -1, 4), (1000, 250, 60)),
        generate=lambda rng: (rng.randint(-20, 20), rng.randint(-9, 9), rng.randint(1, 10)),
    ),
    Draft(
        family="progressions",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of n numbers that begins with start; each next number is the one before times ratio.",
        reference="""
def geometric_sequence(start: int, ratio: int, n: int) -> list[int]:
    return [start * ratio**index for index in range(n)]
""",
        wrong=(
            "def geometric_sequence(start, ratio, n):\n    return [start + ratio * i for i in range(n)]\n",
            "def geometric_sequence(start, ratio, n):\n    return [start * ratio ** i for i in range(1, n + 1)]\n",
            "def geometric_sequence(start, ratio, n):\n    return start * ratio ** (n - 1)\n",
        ),
        examples=((1, 2, 5), (3, 10, 3)),
        edges=((4, 3, 0), (4, 3, 1), (5, 0, 3), (2, -2, 5), (0, 7, 4), (6, 1, 4), (1, 2, 40)),
        generate=lambda rng: (rng.randint(-9, 9), rng.randint(-4, 6), rng.randint(2, 8)),
    ),
    Draft(
        family="division",
        difficulty="easy",
        tags=("numbers", "arithmetic"),
        statement="Return a divided by b, rounded up to a whole number. b is positive.",
        reference="""
def ceil_divide(a: int, b: int) -> int:
    return -(-a // b)
""",
        wrong=(
            "def ceil_divide(a, b):\n    return a // b\n",
            "def ceil_divide(a, b):\n    return a // b + 1\n",
            "def ceil_divide(a, b):\n    return round(a / b)\n",
        ),
        examples=((7, 2), (8, 4)),
        edges=((0, 5), (1, 10), (9, 1), (-7, 2), (-8, 4), (10**9 + 1, 10)),
        generate=lambda rng: (rng.randint(-20, 100), rng.randint(2, 12)),
    ),
    Draft(
        family="division",
        difficulty="easy",
        tags=("numbers", "tuples"),
        statement=(
            "Share total coins evenly among people persons. "
            "Return a tuple (coins for each person, coins left over); people is at least 1."
        ),
        reference="""
def split_evenly(total: int, people: int) -> tuple[int, int]:
    return total // people, total % people
""",
        wrong=(
            "def split_evenly(total, people):\n    return total / people, total % people\n",
            "def split_evenly(total, people):\n    return total % people, total // people\n",
            "def split_evenly(total, people):\n    return [total // people, total % people]\n",
        ),
        examples=((10, 3), (8, 4)),
        edges=((0, 4), (3, 5), (7, 1), (12, 12), (10**6 + 1, 10)),
        generate=lambda rng: (rng.randint(0, 200), rng.randint(1, 15)),
    ),
    Draft(
        family="scaling",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a new list with every number of nums negated.",
        reference="""
def negate_all(nums: list[int]) -> list[int]:
    return [-number for number in nums]
""",
        wrong=(
            "def negate_all(nums):\n    return [-abs(n) for n in nums]\n",
            "def negate_all(nums):\n    return [abs(n) for n in nums]\n",
            "def negate_all(nums):\n    return [-n for n in nums if n > 0]\n",
        ),
        examples=(([1, -2, 3],), ([0, 5],)),
        edges=(([],), ([0],), ([7],), ([-4],), ([-3, -3, 3],), (list(range(-30, 30)),)),
        generate=lambda rng: ([rng.randint(-50, 50) for _ in range(rng.randint(1, 10))],),
    ),
    Draft(
        family="scaling",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a new list with every number of nums multiplied by factor.",
        reference="""
def scale_all(nums: list[int], factor: int) -> list[int]:
    return [number * factor for number in nums]
""",
        wrong=(
            "def scale_all(nums, factor):\n    return nums * factor\n",
            "def scale_all(nums, factor):\n    return [n + factor for n in nums]\n",
            "def scale_all(nums, factor):\n    return [n ** factor for n in nums]\n",
        ),
        examples=(([1, 2, 3], 2), ([4, -1], 10)),
        edges=(([], 3), ([5], 1), ([5, 6], 0), ([1, -2], -1), ([0, 0], 9), (list(range(60)), 100)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(1, 10))], rng.randint(-9, 9)),
    ),
    Draft(
        family="alternation",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement=(
            "Return the first number in nums minus the second plus the third minus the fourth and so on. "
            "Return 0 for an empty list."
        ),
        reference="""
def alternating_sum(nums: list[int]) -> int:
    return sum(nums[::2]) - sum(nums[1::2])
""",
        wrong=(
            "def alternating_sum(nums):\n    return sum(nums[1::2]) - sum(nums[::2])\n",
            "def alternating_sum(nums):\n    return nums[0] - sum(nums[1:])\n",
            "def alternating_sum(nums):\n    return sum(n if n % 2 == 0 else -n for n in nums)\n",
        ),
        examples=(([5, 2, 1],), ([1, 10],)),
        edges=(([],), ([8],), ([-3, -4],), ([6, 6, 6, 6],), ([0, 5, 0],), (list(range(100)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(2, 10))],),
    ),
    Draft(
        family="times_table",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of the first ten multiples of n: n times 1, n times 2, up to n times 10.",
        reference="""
def multiplication_row(n: int) -> list[int]:
    return [n * factor for factor in range(1, 11)]
""",
        wrong=(
            "def multiplication_row(n):\n    return [n * i for i in range(10)]\n",
            "def multiplication_row(n):\n    return [n * i for i in range(1, 10)]\n",
            "def multiplication_row(n):\n    return list(range(n, n * 10 + 1, n))\n",
        ),
        examples=((3,), (10,)),
        edges=((0,), (1,), (-2,), (7,), (12345,)),
        generate=lambda rng: (rng.randint(-30, 100),),
    ),
]
