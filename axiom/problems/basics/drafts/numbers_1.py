"""Averages, parity, conversions, signs, extremes and limits of numbers."""

from axiom.problems.basics.authoring import Draft

DRAFTS = [
    Draft(
        family="average",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the average of the three numbers a, b and c.",
        reference="""
def average_of_three(a: float, b: float, c: float) -> float:
    return (a + b + c) / 3
""",
        wrong=(
            "def average_of_three(a, b, c):\n    return (a + b + c) // 3\n",
            "def average_of_three(a, b, c):\n    return a + b + c / 3\n",
            "def average_of_three(a, b, c):\n    return sorted([a, b, c])[1]\n",
        ),
        examples=((1, 2, 3), (4, 4, 10)),
        edges=((0, 0, 0), (-1, -2, -6), (1, 1, 2), (10**9, 1, 1)),
        generate=lambda rng: tuple(rng.randint(-50, 50) for _ in range(3)),
        compare="float",
    ),
    Draft(
        family="parity",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return how many numbers in the list nums are even.",
        reference="""
def count_even(nums: list[int]) -> int:
    return sum(1 for number in nums if number % 2 == 0)
""",
        wrong=(
            "def count_even(nums):\n    return sum(1 for n in nums if n % 2 == 1)\n",
            "def count_even(nums):\n    return sum(n for n in nums if n % 2 == 0)\n",
            "def count_even(nums):\n    return [n for n in nums if n % 2 == 0]\n",
        ),
        examples=(([1, 2, 4],), ([3, 5],)),
        edges=(([],), ([0],), ([7],), ([-2, -3, -4],), ([2] * 60,)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(1, 12))],),
    ),
    Draft(
        family="average",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return the mean of the numbers in the list nums, or 0 if the list is empty.",
        reference="""
def mean_or_zero(nums: list[float]) -> float:
    return sum(nums) / len(nums) if nums else 0
""",
        wrong=(
            "def mean_or_zero(nums):\n    return sum(nums) / len(nums)\n",
            "def mean_or_zero(nums):\n    return sum(nums) // len(nums) if nums else 0\n",
            "def mean_or_zero(nums):\n    if not nums:\n        return None\n    return sum(nums) / len(nums)\n",
        ),
        examples=(([1, 2, 3],), ([4, 5],)),
        edges=(([],), ([0],), ([7],), ([-1, -2],), ([2.5, 2.5, 1.0],), ([1, 2] * 50,)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(1, 8))],),
        compare="float",
    ),
    Draft(
        family="parity",
        difficulty="easy",
        tags=("numbers",),
        statement="Return True if the integer n is even, otherwise False.",
        reference="""
def is_even(n: int) -> bool:
    return n % 2 == 0
""",
        wrong=(
            "def is_even(n):\n    return n % 2 == 1\n",
            "def is_even(n):\n    return n % 2\n",
            "def is_even(n):\n    return n > 0 and n % 2 == 0\n",
        ),
        examples=((4,), (7,)),
        edges=((0,), (1,), (-2,), (-9,), (10**12,), (10**12 + 1,)),
        generate=lambda rng: (rng.randint(-100, 1000),),
    ),
    Draft(
        family="parity",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of the odd numbers in nums, in their original order.",
        reference="""
def keep_odd(nums: list[int]) -> list[int]:
    return [number for number in nums if number % 2 != 0]
""",
        wrong=(
            "def keep_odd(nums):\n    return [n for n in nums if n % 2 == 0]\n",
            "def keep_odd(nums):\n    return nums[1::2]\n",
            "def keep_odd(nums):\n    return sorted(set(n for n in nums if n % 2 == 1))\n",
        ),
        examples=(([1, 2, 3, 4],), ([6, 8],)),
        edges=(([],), ([0],), ([5],), ([-3, -2, -1],), ([3, 1, 3],), (list(range(100)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(2, 10))],),
    ),
    Draft(
        family="conversion",
        difficulty="easy",
        tags=("numbers",),
        statement="Convert the temperature celsius from degrees Celsius to degrees Fahrenheit and return it.",
        reference="""
def celsius_to_fahrenheit(celsius: float) -> float:
    return celsius * 9 / 5 + 32
""",
        wrong=(
            "def celsius_to_fahrenheit(celsius):\n    return celsius * 5 / 9 + 32\n",
            "def celsius_to_fahrenheit(celsius):\n    return (celsius + 32) * 9 / 5\n",
            "def celsius_to_fahrenheit(celsius):\n    return celsius * 9 // 5 + 32\n",
        ),
        examples=((10,), (25,), (-5.5,)),
        edges=((0,), (100,), (-40,), (36.6,), (-273.15,), (1000000,)),
        generate=lambda rng: (rng.randint(-400, 1200) / 10,),
        compare="float",
    ),
    Draft(
        family="conversion",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the length given by feet and inches as a number of inches (1 foot is 12 inches).",
        reference="""
def feet_and_inches_to_inches(feet: int, inches: int) -> int:
    return feet * 12 + inches
""",
        wrong=(
            "def feet_and_inches_to_inches(feet, inches):\n    return feet * 10 + inches\n",
            "def feet_and_inches_to_inches(feet, inches):\n    return feet + inches * 12\n",
            "def feet_and_inches_to_inches(feet, inches):\n    return (feet + inches) * 12\n",
        ),
        examples=((5, 3), (2, 0)),
        edges=((0, 0), (0, 7), (1, 0), (3, 11), (1, 30), (100000, 1)),
        generate=lambda rng: (rng.randint(0, 20), rng.randint(0, 11)),
    ),
    Draft(
        family="sign",
        difficulty="easy",
        tags=("numbers",),
        statement="Return -1 if n is negative, 0 if n is zero and 1 if n is positive.",
        reference="""
def sign_of(n: int) -> int:
    if n < 0:
        return -1
    return 1 if n > 0 else 0
""",
        wrong=(
            "def sign_of(n):\n    return 1 if n >= 0 else -1\n",
            "def sign_of(n):\n    return n // abs(n)\n",
            "def sign_of(n):\n    return n > 0\n",
        ),
        examples=((5,), (-3,)),
        edges=((0,), (1,), (-1,), (10**9,), (-(10**9),)),
        generate=lambda rng: (rng.randint(-100, 100),),
    ),
    Draft(
        family="sign",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return how many numbers in the list nums are negative.",
        reference="""
def count_negatives(nums: list[int]) -> int:
    return sum(1 for number in nums if number < 0)
""",
        wrong=(
            "def count_negatives(nums):\n    return sum(1 for n in nums if n <= 0)\n",
            "def count_negatives(nums):\n    return sum(n for n in nums if n < 0)\n",
            "def count_negatives(nums):\n    return len(set(n for n in nums if n < 0))\n",
        ),
        examples=(([1, -2, 3, -4],), ([5, 6],)),
        edges=(([],), ([0],), ([-1],), ([0, 0, 4],), ([-3, -3, -3],), ([-1, 1] * 40,)),
        generate=lambda rng: ([rng.randint(-9, 9) for _ in range(rng.randint(1, 10))],),
    ),
    Draft(
        family="sign",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the absolute difference between the integers a and b.",
        reference="""
def absolute_difference(a: int, b: int) -> int:
    return abs(a - b)
""",
        wrong=(
            "def absolute_difference(a, b):\n    return a - b\n",
            "def absolute_difference(a, b):\n    return abs(a) - abs(b)\n",
            "def absolute_difference(a, b):\n    return abs(a + b)\n",
        ),
        examples=((7, 3), (2, 10)),
        edges=((0, 0), (4, 4), (-3, 5), (-8, -2), (0, -6), (10**9, -(10**9))),
        generate=lambda rng: (rng.randint(-50, 50), rng.randint(-50, 50)),
    ),
    Draft(
        family="extremes",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the largest of the three numbers a, b and c.",
        reference="""
def max_of_three(a: int, b: int, c: int) -> int:
    return max(a, b, c)
""",
        wrong=(
            "def max_of_three(a, b, c):\n    return max(a, b)\n",
            "def max_of_three(a, b, c):\n    if a > b:\n        return a\n    return b if b > c else c\n",
            "def max_of_three(a, b, c):\n    return a if a > b and a > c else b if b > a and b > c else c\n",
        ),
        examples=((1, 2, 3), (9, 4, 6)),
        edges=((0, 0, 0), (5, 5, 1), (7, 2, 7), (3, 1, 8), (-4, -2, -9), (10**9, 1, -1)),
        generate=lambda rng: tuple(rng.randint(-20, 20) for _ in range(3)),
    ),
    Draft(
        family="extremes",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a tuple of the smallest and the largest number in the non-empty list nums.",
        reference="""
def smallest_and_largest(nums: list[int]) -> tuple[int, int]:
    return min(nums), max(nums)
""",
        wrong=(
            "def smallest_and_largest(nums):\n    return [min(nums), max(nums)]\n",
            "def smallest_and_largest(nums):\n    return max(nums), min(nums)\n",
            "def smallest_and_largest(nums):\n    return nums[0], nums[-1]\n",
        ),
        examples=(([3, 1, 2],), ([5, 9],)),
        edges=(([0],), ([4, 4, 4],), ([-5, -1, -3],), ([2, 1],), (list(range(50, -50, -1)),)),
        generate=lambda rng: ([rng.randint(-50, 50) for _ in range(rng.randint(1, 9))],),
    ),
    Draft(
        family="extremes",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return the second largest distinct value in nums, or None if it has fewer than two distinct values.",
        reference="""
def second_largest(nums: list[int]) -> int | None:
    distinct = sorted(set(nums))
    return distinct[-2] if len(distinct) > 1 else None
""",
        wrong=(
            "def second_largest(nums):\n    return sorted(nums)[-2] if len(nums) > 1 else None\n",
            "def second_largest(nums):\n    return sorted(set(nums))[-2]\n",
            "def second_largest(nums):\n    d = sorted(set(nums))\n    return d[1] if len(d) > 1 else None\n",
        ),
        examples=(([1, 3, 2],), ([5, 5, 4],)),
        edges=(([],), ([7],), ([6, 6],), ([0, -1],), ([9, 9, 9, 2],), ([-3, -1, -2],), (list(range(100)),)),
        generate=lambda rng: ([rng.randint(-5, 15) for _ in range(rng.randint(2, 8))],),
    ),
    Draft(
        family="clamp",
        difficulty="easy",
        tags=("numbers",),
        statement="Return low if x is less than low, high if x is greater than high, and x itself otherwise.",
        reference="""
def clamp(x: int, low: int, high: int) -> int:
    return max(low, min(x, high))
""",
        wrong=(
            "def clamp(x, low, high):\n    return min(low, max(x, high))\n",
            "def clamp(x, low, high):\n    return max(x, low)\n",
            "def clamp(x, low, high):\n    return low <= x <= high\n",
        ),
        examples=((5, 1, 10), (15, 0, 10), (-2, 0, 10)),
        edges=((0, 0, 0), (3, 3, 8), (8, 3, 8), (-7, -5, -1), (0, -5, -1), (10**9, 0, 100)),
        generate=lambda rng: (rng.randint(-30, 30), rng.randint(-15, 0), rng.randint(1, 15)),
    ),
    Draft(
        family="grade",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement=(
            'Return the letter grade of an integer score: "A" for 90 or more, "B" for 80 to 89, "C" for 70 to 79, '
            '"D" for 60 to 69 and "F" for anything lower.'
        ),
        reference="""
def letter_grade(score: int) -> str:
    for limit, grade in ((90, "A"), (80, "B"), (70, "C"), (60, "D")):
        if score >= limit:
            return grade
    return "F"
""",
        wrong=(
            "def letter_grade(s):\n    return next((g for k, g in zip((90, 80, 70, 60), 'ABCD') if s > k), 'F')\n",
            "def letter_grade(s):\n    return 'A' if s >= 90 else 'B' if s >= 80 else 'C' if s >= 70 else 'F'\n",
            "def letter_grade(s):\n    return 'FDCBA'[s // 10 - 5]\n",
        ),
        examples=((95,), (72,), (30,)),
        edges=((90,), (89,), (80,), (70,), (60,), (59,), (0,), (100,)),
        generate=lambda rng: (rng.randint(40, 100),),
    ),
    Draft(
        family="triangle",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement=(
            "Return True if each of the side lengths a, b and c is less than the sum of the other two, "
            "so that they form a triangle, otherwise False."
        ),
        reference="""
def is_triangle(a: int, b: int, c: int) -> bool:
    return a < b + c and b < a + c and c < a + b
""",
        wrong=(
            "def is_triangle(a, b, c):\n    return a + b > c\n",
            "def is_triangle(a, b, c):\n    return a + b >= c and a + c >= b and b + c >= a\n",
            "def is_triangle(a, b, c):\n    return a * a + b * b == c * c\n",
        ),
        examples=((3, 4, 5), (1, 2, 8)),
        edges=((0, 0, 0), (1, 1, 1), (1, 1, 2), (9, 2, 3), (2, 9, 3), (10**9, 10**9, 1)),
        generate=lambda rng: tuple(rng.randint(4, 12) for _ in range(3)),
    ),
]
