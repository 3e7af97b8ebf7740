"""Collatz steps, squares, binary digits and the median."""

from axiom.problems.basics.authoring import Draft

DRAFTS = [
    Draft(
        family="collatz",
        difficulty="easy",
        tags=("numbers", "loops"),
        statement=(
            "Return how many steps it takes to get from the positive integer n to 1, where each step halves an even "
            "number and replaces an odd number m by 3 * m + 1."
        ),
        reference="""
def collatz_steps(n: int) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
""",
        wrong=(
            """
def collatz_steps(n):
    steps = 1
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
""",
            """
def collatz_steps(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
            steps += 1
        else:
            n = 3 * n + 1
    return steps
""",
            """
def collatz_steps(n):
    steps = 0
    while n > 1:
        n = n // 2
        steps += 1
    return steps
""",
        ),
        examples=((6,), (8,)),
        edges=((1,), (2,), (3,), (27,), (97,), (2**30,)),
        generate=lambda rng: (rng.randint(4, 500),),
    ),
    Draft(
        family="squares",
        difficulty="easy",
        tags=("numbers",),
        statement="Return whether the integer n is the square of an integer; a negative n never is.",
        reference="""
def is_perfect_square(n: int) -> bool:
    root = 0
    while root * root < n:
        root += 1
    return root * root == n
""",
        wrong=(
            "def is_perfect_square(n):\n    return int(n**0.5) ** 2 == n\n",
            "def is_perfect_square(n):\n    return n > 0 and any(i * i == n for i in range(1, n))\n",
            "def is_perfect_square(n):\n    return n**0.5\n",
        ),
        examples=((16,), (20,)),
        edges=((0,), (1,), (2,), (-4,), (-1,), (99,), (10**6,), (10**6 + 1,)),
        generate=lambda rng: (rng.randint(3, 40) ** 2 + rng.choice([0, 0, 0, 0, 1, -1]),),
    ),
    Draft(
        family="squares",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the largest integer whose square is at most the non-negative integer n.",
        reference="""
def integer_square_root(n: int) -> int:
    root = 0
    while (root + 1) ** 2 <= n:
        root += 1
    return root
""",
        wrong=(
            "def integer_square_root(n):\n    return round(n**0.5)\n",
            "def integer_square_root(n):\n    return n**0.5\n",
            """
def integer_square_root(n):
    root = 0
    while root * root <= n:
        root += 1
    return root
""",
            """
def integer_square_root(n):
    root = 0
    while (root + 1) ** 2 < n:
        root += 1
    return root
""",
        ),
        examples=((16,), (20,)),
        edges=((0,), (1,), (2,), (3,), (4,), (99,), (10**6 - 1,), (10**6,)),
        generate=lambda rng: (rng.randint(5, 2000),),
    ),
    Draft(
        family="binary",
        difficulty="easy",
        tags=("numbers", "bits"),
        statement="Return how many ones the binary form of the non-negative integer n has.",
        reference="""
def count_one_bits(n: int) -> int:
    return bin(n).count("1")
""",
        wrong=(
            "def count_one_bits(n):\n    return len(bin(n)) - 2\n",
            "def count_one_bits(n):\n    return str(n).count('1')\n",
            "def count_one_bits(n):\n    return bin(n)[2:].count('0')\n",
        ),
        examples=((5,), (14,)),
        edges=((0,), (1,), (8,), (255,), (1024,), (2**40 - 1,)),
        generate=lambda rng: (rng.randint(2, 2000),),
    ),
    Draft(
        family="binary",
        difficulty="easy",
        tags=("numbers", "strings", "bits"),
        statement="Return the binary form of the non-negative integer n as a string, without a prefix.",
        reference="""
def to_binary(n: int) -> str:
    return bin(n)[2:]
""",
        wrong=(
            "def to_binary(n):\n    return bin(n)\n",
            "def to_binary(n):\n    return int(bin(n)[2:])\n",
            """
def to_binary(n):
    digits = ""
    while n > 0:
        digits = str(n % 2) + digits
        n //= 2
    return digits
""",
            """
def to_binary(n):
    digits = "" if n else "0"
    while n > 0:
        digits += str(n % 2)
        n //= 2
    return digits
""",
        ),
        examples=((5,), (12,)),
        edges=((0,), (1,), (2,), (8,), (255,), (2**30 + 1,)),
        generate=lambda rng: (rng.randint(3, 2000),),
    ),
    Draft(
        family="median",
        difficulty="easy",
        tags=("lists", "sorting"),
        statement=(
            "Return the median of the non-empty list nums: the middle one of the sorted numbers, "
            "or the mean of the two middle ones if their count is even."
        ),
        reference="""
def median(nums: list[int]) -> float:
    ordered = sorted(nums)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
""",
        wrong=(
            "def median(nums):\n    return sorted(nums)[len(nums) // 2]\n",
            "def median(nums):\n    return sum(nums) / len(nums)\n",
            """
def median(nums):
    middle = len(nums) // 2
    if len(nums) % 2 == 1:
        return nums[middle]
    return (nums[middle - 1] + nums[middle]) / 2
""",
        ),
        examples=(([3, 1, 2],), ([4, 1, 7, 2],)),
        edges=(([5],), ([2, 1],), ([3, 3, 3, 3],), ([-5, -1, -3],), ([9, 0, 0, 0, 1],), (list(range(100)),)),
        generate=lambda rng: ([rng.randint(-30, 30) for _ in range(rng.randint(2, 9))],),
        compare="float",
    ),
]
