"""Element by element arithmetic, running results and filters of lists of numbers."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _numbers(rng: random.Random, low: int, high: int) -> list[int]:
    return [rng.randint(low, high) for _ in range(rng.randint(1, 10))]


def _draw_two_lists(rng: random.Random) -> Args:
    length = rng.randint(1, 7)
    return tuple([rng.randint(-9, 9) for _ in range(length)] for _ in range(2))


DRAFTS = [
    Draft(
        family="elementwise",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement=(
            "Return a list whose item at each index is the sum of the numbers at that index in a and b, "
            "two lists of the same length."
        ),
        reference="""
def pairwise_sums(a: list[int], b: list[int]) -> list[int]:
    return [first + second for first, second in zip(a, b)]
""",
        wrong=(
            "def pairwise_sums(a, b):\n    return a + b\n",
            "def pairwise_sums(a, b):\n    return [x * y for x, y in zip(a, b)]\n",
            "def pairwise_sums(a, b):\n    return sum(x + y for x, y in zip(a, b))\n",
            "def pairwise_sums(a, b):\n    return [a[i] + b[i] for i in range(len(a) - 1)]\n",
        ),
        examples=(([1, 2], [3, 4]), ([5], [-5])),
        edges=(([], []), ([0], [0]), ([2], [3]), ([-1, -2], [1, 5]), ([1] * 50, [2] * 50), ([10**9, 0], [1, -(10**9)])),
        generate=_draw_two_lists,
    ),
    Draft(
        family="elementwise",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement=(
            "Return the dot product of a and b, two lists of the same length: the sum of the products of the numbers "
            "at equal indices."
        ),
        reference="""
def dot_product(a: list[int], b: list[int]) -> int:
    return sum(first * second for first, second in zip(a, b))
""",
        wrong=(
            "def dot_product(a, b):\n    return [x * y for x, y in zip(a, b)]\n",
            "def dot_product(a, b):\n    return sum(a) * sum(b)\n",
            "def dot_product(a, b):\n    total = 0\n    for x, y in zip(a, b):\n        total = x * y\n"
            "    return total\n",
            "def dot_product(a, b):\n    return sum(x + y for x, y in zip(a, b))\n",
        ),
        examples=(([1, 2], [3, 4]), ([2], [5])),
        edges=(([], []), ([0], [7]), ([-1], [4]), ([1, -1], [1, 1]), ([2, 3, 4], [1, 0, 2]), ([3] * 50, [2] * 50)),
        generate=_draw_two_lists,
    ),
    Draft(
        family="running",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a list with the sum of nums[0] to nums[i], both included, at each index i.",
        reference="""
def running_sum(nums: list[int]) -> list[int]:
    sums = []
    total = 0
    for number in nums:
        total += number
        sums.append(total)
    return sums
""",
        wrong=(
            "def running_sum(nums):\n    return sum(nums)\n",
            "def running_sum(nums):\n    return [sum(nums[:i]) for i in range(len(nums))]\n",
            "def running_sum(nums):\n    return [sum(nums[i:]) for i in range(len(nums))]\n",
            "def running_sum(nums):\n    return [nums[0]] + [a + b for a, b in zip(nums, nums[1:])]\n",
        ),
        examples=(([1, 2, 3],), ([4, -4],)),
        edges=(([],), ([5],), ([0, 0],), ([-1, -2, -3],), ([3, -1, 2, 2],), ([1] * 60,), ([10**9, 10**9],)),
        generate=lambda rng: (_numbers(rng, -9, 9),),
    ),
    Draft(
        family="running",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a list with the largest of nums[0] to nums[i], both included, at each index i.",
        reference="""
def running_max(nums: list[int]) -> list[int]:
    return [max(nums[: index + 1]) for index in range(len(nums))]
""",
        wrong=(
            "def running_max(nums):\n    return max(nums)\n",
            "def running_max(nums):\n    result, best = [], 0\n    for n in nums:\n        best = max(best, n)\n"
            "        result.append(best)\n    return result\n",
            "def running_max(nums):\n    return [max(nums)] * len(nums)\n",
            "def running_max(nums):\n    return [nums[0]] + [max(a, b) for a, b in zip(nums, nums[1:])]\n",
        ),
        examples=(([1, 3, 2],), ([5, 4, 6],)),
        edges=(([],), ([7],), ([-3, -5, -1],), ([2, 2],), ([9, 1, 1, 1],), (list(range(40)),), ([5] + [1] * 50,)),
        generate=lambda rng: (_numbers(rng, -20, 20),),
    ),
    Draft(
        family="number_filters",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a list of the numbers in nums that are greater than 0, in their order.",
        reference="""
def keep_positive(nums: list[int]) -> list[int]:
    return [number for number in nums if number > 0]
""",
        wrong=(
            "def keep_positive(nums):\n    return [n for n in nums if n >= 0]\n",
            "def keep_positive(nums):\n    return [abs(n) for n in nums]\n",
            "def keep_positive(nums):\n    return sum(1 for n in nums if n > 0)\n",
            "def keep_positive(nums):\n    return sorted(set(n for n in nums if n > 0))\n",
        ),
        examples=(([1, -2, 3],), ([-1, 0, 2],)),
        edges=(([],), ([0],), ([-5],), ([6],), ([3, 1, 3],), ([-1, -2, -3],), ([1, -1] * 40,), ([10**9, -(10**9)],)),
        generate=lambda rng: (_numbers(rng, -9, 9),),
    ),
    Draft(
        family="number_filters",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement="Return a new list with the numbers of nums in their order, leaving out every number that equals x.",
        reference="""
def remove_value(nums: list[int], x: int) -> list[int]:
    return [number for number in nums if number != x]
""",
        wrong=(
            "def remove_value(nums, x):\n    nums.remove(x)\n    return nums\n",
            "def remove_value(nums, x):\n    return nums.remove(x)\n",
            "def remove_value(nums, x):\n    for n in nums:\n        if n == x:\n            nums.remove(n)\n"
            "    return nums\n",
            "def remove_value(nums, x):\n    return [n for n in nums if n == x]\n",
        ),
        examples=(([1, 2, 1], 1), ([4, 5], 6)),
        edges=(([], 3), ([3], 3), ([2, 2, 2, 2], 2), ([0, 1], 0), ([-1, 1, -1], -1), ([8, 8, 9] * 30, 8)),
        generate=lambda rng: (_numbers(rng, -2, 4), rng.randint(-2, 4)),
    ),
]
