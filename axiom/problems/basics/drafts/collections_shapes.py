"""Rows and columns, rotated lists, chunks and a missing number."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_matrix(rng: random.Random) -> Args:
    columns = rng.randint(1, 4)
    return ([[rng.randint(-9, 9) for _ in range(columns)] for _ in range(rng.randint(1, 4))],)


def _draw_missing(rng: random.Random) -> Args:
    n = rng.randint(2, 12)
    nums = rng.sample(range(n + 1), n + 1)
    return (nums[1:],)


DRAFTS = [
    Draft(
        family="matrix_rows",
        difficulty="easy",
        tags=("matrices", "lists"),
        statement=(
            "Return the transpose of matrix as a list of lists: its rows are the columns of matrix. "
            "The rows of matrix are equally long; return an empty list for an empty matrix."
        ),
        reference="""
def transpose(matrix: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*matrix)]
""",
        wrong=(
            "def transpose(matrix):\n    return list(zip(*matrix))\n",
            "def transpose(matrix):\n    return [row[::-1] for row in matrix]\n",
            "def transpose(matrix):\n    return matrix[::-1]\n",
            "def transpose(matrix):\n    n = len(matrix)\n"
            "    return [[matrix[j][i] for j in range(n)] for i in range(n)]\n",
        ),
        examples=(([[1, 2], [3, 4]],), ([[1, 2, 3]],)),
        edges=(([],), ([[5]],), ([[1], [2], [3]],), ([[0, -1], [2, 0], [7, 7]],), ([[4] * 30, [1] * 30],)),
        generate=_draw_matrix,
    ),
    Draft(
        family="matrix_rows",
        difficulty="easy",
        tags=("matrices", "lists"),
        statement="Return a list with the sum of the numbers in each row of matrix; the sum of an empty row is 0.",
        reference="""
def row_sums(matrix: list[list[int]]) -> list[int]:
    return [sum(row) for row in matrix]
""",
        wrong=(
            "def row_sums(matrix):\n    return sum(sum(row) for row in matrix)\n",
            "def row_sums(matrix):\n    return [sum(column) for column in zip(*matrix)]\n",
            "def row_sums(matrix):\n    for row in matrix:\n        return [sum(row)]\n    return []\n",
            "def row_sums(matrix):\n    return [len(row) for row in matrix]\n",
        ),
        examples=(([[1, 2], [3, 4]],), ([[5, -5, 1]],)),
        edges=(([],), ([[]],), ([[9]],), ([[1], [], [2, 3]],), ([[-1, -2], [0, 0]],), ([[1] * 20] * 30,)),
        generate=_draw_matrix,
    ),
    Draft(
        family="rotation",
        difficulty="easy",
        tags=("lists", "slicing"),
        statement=(
            "Return a new list with nums rotated left by k places: each step moves the first item to the end. "
            "k is at least 0 and may be larger than the length of nums, which may be empty."
        ),
        reference="""
def rotate_left(nums: list[int], k: int) -> list[int]:
    if not nums:
        return []
    k %= len(nums)
    return nums[k:] + nums[:k]
""",
        wrong=(
            "def rotate_left(nums, k):\n    return nums[k:] + nums[:k]\n",
            "def rotate_left(nums, k):\n    k %= len(nums)\n    return nums[k:] + nums[:k]\n",
            "def rotate_left(nums, k):\n    if not nums:\n        return []\n    k %= len(nums)\n"
            "    return nums[-k:] + nums[:-k]\n",
            "def rotate_left(nums, k):\n    return nums[k:]\n",
        ),
        examples=(([1, 2, 3, 4], 1), ([1, 2, 3], 5)),
        edges=(([], 3), ([7], 4), ([1, 2, 3], 0), ([1, 2, 3], 3), ([5, 5, 6], 2), ([-1, 0], 9), ([*range(40)], 1000)),
        generate=lambda rng: ([rng.randint(-9, 9) for _ in range(rng.randint(2, 8))], rng.randint(0, 14)),
    ),
    Draft(
        family="chunks",
        difficulty="easy",
        tags=("lists", "slicing"),
        statement=(
            "Split nums into consecutive lists of size numbers each and return them in a list. "
            "The last one is shorter if the numbers run out; size is at least 1."
        ),
        reference="""
def chunk_list(nums: list[int], size: int) -> list[list[int]]:
    return [nums[start : start + size] for start in range(0, len(nums), size)]
""",
        wrong=(
            "def chunk_list(nums, size):\n    return [nums[i : i + size] for i in range(len(nums))]\n",
            "def chunk_list(nums, size):\n"
            "    return [nums[i * size : (i + 1) * size] for i in range(len(nums) // size)]\n",
            "def chunk_list(nums, size):\n"
            "    return [nums[i * size : (i + 1) * size] for i in range(len(nums) // size + 1)]\n",
            "def chunk_list(nums, size):\n    return [nums[:size], nums[size:]]\n",
        ),
        examples=(([1, 2, 3, 4, 5], 2), ([1, 2, 3], 3)),
        edges=(([], 2), ([1], 1), ([1, 2], 5), ([0, 0, 0], 1), ([4, -3, 2, -1], 2), (list(range(50)), 7)),
        generate=lambda rng: ([rng.randint(-9, 20) for _ in range(rng.randint(1, 10))], rng.randint(1, 4)),
    ),
    Draft(
        family="missing_number",
        difficulty="easy",
        tags=("lists", "numbers"),
        statement=(
            "The list nums holds n different numbers in any order: all the integers from 0 to n except one. "
            "Return the one that is missing."
        ),
        reference="""
def missing_number(nums: list[int]) -> int:
    n = len(nums)
    return n * (n + 1) // 2 - sum(nums)
""",
        wrong=(
            "def missing_number(nums):\n    return next(i for i in range(len(nums)) if i not in nums)\n",
            "def missing_number(nums):\n    return next(i for i in range(1, len(nums) + 1) if i not in nums)\n",
            "def missing_number(nums):\n    n = len(nums)\n    return n * (n - 1) // 2 - sum(nums)\n",
            "def missing_number(nums):\n    for i in range(len(nums)):\n        if nums[i] != i:\n"
            "            return i\n",
        ),
        examples=(([0, 1, 3],), ([2, 0],)),
        edges=(([0],), ([1],), ([0, 1],), ([1, 2],), ([3, 2, 1],), ([*range(41, 80), *range(41)],)),
        generate=_draw_missing,
    ),
]
