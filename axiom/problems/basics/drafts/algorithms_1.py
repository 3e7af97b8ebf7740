"""Searching, nested lists, counting ways, intervals and subsequences."""

import random
from itertools import combinations

from axiom.problems.basics.authoring import Args, Draft


def _draw_search(rng: random.Random) -> Args:
    nums = sorted(rng.sample(range(-20, 40), rng.randint(1, 12)))
    return (nums, rng.choice(nums) if rng.random() < 0.6 else rng.randint(-22, 42))


def _draw_two_sum(rng: random.Random) -> Args:
    while True:
        nums = [rng.randint(-9, 15) for _ in range(rng.randint(2, 7))]
        target = sum(rng.sample(nums, 2))
        if sum(1 for first, second in combinations(nums, 2) if first + second == target) == 1:
            return (nums, target)


def _draw_nested(rng: random.Random) -> Args:
    def items(depth: int) -> list[object]:
        return [
            items(depth - 1) if depth and rng.random() < 0.4 else rng.randint(-9, 20) for _ in range(rng.randint(1, 4))
        ]

    return (items(3),)


def _draw_intervals(rng: random.Random) -> Args:
    starts = [rng.randint(-10, 20) for _ in range(rng.randint(2, 6))]
    return ([[start, start + rng.randint(1, 6)] for start in starts],)


DRAFTS = [
    Draft(
        family="binary_search",
        difficulty="medium",
        tags=("searching", "lists"),
        statement=(
            "Return the index of target in nums, a list of different numbers sorted from smallest to largest, "
            "or -1 if target is not in it."
        ),
        reference="""
def binary_search(nums: list[int], target: int) -> int:
    low, high = 0, len(nums) - 1
    while low <= high:
        middle = (low + high) // 2
        if nums[middle] == target:
            return middle
        if nums[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1
""",
        wrong=(
            "def binary_search(nums, target):\n    low, high = 0, len(nums) - 1\n    while low < high:\n"
            "        mid = (low + high) // 2\n        if nums[mid] == target:\n            return mid\n"
            "        if nums[mid] < target:\n            low = mid + 1\n        else:\n            high = mid - 1\n"
            "    return -1\n",
            "def binary_search(nums, target):\n    return nums.index(target)\n",
            "def binary_search(nums, target):\n    return target in nums\n",
            "def binary_search(nums, target):\n    from bisect import bisect_left\n"
            "    return bisect_left(nums, target)\n",
        ),
        examples=(([1, 3, 5, 7], 5), ([2, 4], 3)),
        edges=(([], 1), ([6], 6), ([6], 7), ([-5, 0, 5], -5), ([-5, 0, 5], 5), ([1, 2], 0), (list(range(90)), 67)),
        generate=_draw_search,
    ),
    Draft(
        family="two_sum",
        difficulty="medium",
        tags=("lists", "searching"),
        statement=(
            "Return a list [i, j] with i < j such that nums[i] + nums[j] equals target. "
            "Exactly one such pair of indices exists."
        ),
        reference="""
def two_sum(nums: list[int], target: int) -> list[int]:
    seen: dict[int, int] = {}
    for index, number in enumerate(nums):
        if target - number in seen:
            return [seen[target - number], index]
        seen[number] = index
    return []
""",
        wrong=(
            "def two_sum(nums, target):\n    for i, a in enumerate(nums):\n        for b in nums[i + 1 :]:\n"
            "            if a + b == target:\n                return [a, b]\n",
            "def two_sum(nums, target):\n    for i in range(len(nums)):\n        for j in range(len(nums)):\n"
            "            if nums[i] + nums[j] == target:\n                return [i, j]\n",
            "def two_sum(nums, target):\n    for i in range(len(nums) - 1):\n"
            "        if nums[i] + nums[i + 1] == target:\n            return [i, i + 1]\n    return []\n",
            "def two_sum(nums, target):\n    for i, n in enumerate(nums):\n        if target - n in nums:\n"
            "            return [i, nums.index(target - n)]\n",
        ),
        examples=(([2, 7, 11], 9), ([3, 1, 4, 8], 5)),
        edges=(
            ([1, 2], 3),
            ([3, 3], 6),
            ([3, 2, 4], 6),
            ([-4, 9, 4], 0),
            ([0, 5, 7, 0], 0),
            ([5, 1, 2, 10], 15),
            ([*range(0, 100, 2), 101, 301], 402),
        ),
        generate=_draw_two_sum,
    ),
    Draft(
        family="nested",
        difficulty="medium",
        tags=("lists", "recursion"),
        statement=(
            "Return the sum of all the integers in items, a list whose items are integers or again such lists, "
            "at any depth. The sum of an empty list is 0."
        ),
        reference="""
def sum_nested(items: list) -> int:
    return sum(sum_nested(item) if isinstance(item, list) else item for item in items)
""",
        wrong=(
            "def sum_nested(items):\n    return sum(items)\n",
            "def sum_nested(items):\n    return sum(item for item in items if isinstance(item, int))\n",
            "def sum_nested(items):\n    return sum(sum(item) if isinstance(item, list) else item for item in items)\n",
            "def sum_nested(items):\n    total = 0\n    for item in items:\n        if isinstance(item, list):\n"
            "            sum_nested(item)\n        else:\n            total += item\n    return total\n",
        ),
        examples=(([1, [2, 3]],), ([[1], [[2]], 4],)),
        edges=(([],), ([0],), ([[], [[]]],), ([5, 5],), ([-1, [-2, [3]]],), ([[[[[7]]]]],), ([[1, [2]]] * 40,)),
        generate=_draw_nested,
    ),
    Draft(
        family="stairs",
        difficulty="medium",
        tags=("counting", "recursion"),
        statement=(
            "Return in how many different ways one can climb n stairs, from 1 to 80 of them, "
            "by taking 1 or 2 stairs at a time."
        ),
        reference="""
def climb_stairs(n: int) -> int:
    previous, current = 1, 1
    for _ in range(n - 1):
        previous, current = current, previous + current
    return current
""",
        wrong=(
            "def climb_stairs(n):\n    a, b = 1, 1\n    for _ in range(n - 2):\n        a, b = b, a + b\n"
            "    return b\n",
            "def climb_stairs(n):\n    return n\n",
            "def climb_stairs(n):\n    return n // 2 + 1\n",
            "def climb_stairs(n):\n    return 2 ** (n - 1)\n",
        ),
        examples=((3,), (5,)),
        edges=((1,), (2,), (4,), (6,), (10,), (20,), (80,)),
        generate=lambda rng: (rng.randint(3, 40),),
    ),
    Draft(
        family="merge_intervals",
        difficulty="medium",
        tags=("intervals", "sorting"),
        statement=(
            "Each item of intervals is a list [start, end] with start < end. Merge the intervals that overlap or touch "
            "(as [1, 3] and [3, 5] do) and return the merged ones as a list sorted by start."
        ),
        reference="""
def merge_intervals(intervals: list[list[int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged
""",
        wrong=(
            "def merge_intervals(intervals):\n    merged = []\n    for start, end in intervals:\n"
            "        if merged and start <= merged[-1][1]:\n            merged[-1][1] = max(merged[-1][1], end)\n"
            "        else:\n            merged.append([start, end])\n    return merged\n",
            "def merge_intervals(intervals):\n    merged = []\n    for start, end in sorted(intervals):\n"
            "        if merged and start < merged[-1][1]:\n            merged[-1][1] = max(merged[-1][1], end)\n"
            "        else:\n            merged.append([start, end])\n    return merged\n",
            "def merge_intervals(intervals):\n    merged = []\n    for start, end in sorted(intervals):\n"
            "        if merged and start <= merged[-1][1]:\n            merged[-1][1] = end\n"
            "        else:\n            merged.append([start, end])\n    return merged\n",
            "def merge_intervals(intervals):\n    return sorted(intervals)\n",
        ),
        examples=(([[1, 3], [2, 5], [7, 8]],), ([[4, 6], [1, 2]],)),
        edges=(
            ([],),
            ([[1, 2]],),
            ([[1, 3], [3, 5]],),
            ([[1, 3], [4, 5]],),
            ([[1, 9], [2, 4]],),
            ([[2, 4], [2, 4]],),
            ([[-3, 0], [5, 6], [-5, -2]],),
            ([[i, i + 2] for i in range(60, 0, -3)],),
        ),
        generate=_draw_intervals,
    ),
    Draft(
        family="common_subsequence",
        difficulty="medium",
        tags=("strings", "dynamic programming"),
        statement=(
            "Return the length of the longest string that can be made both from a and from b by deleting characters, "
            "without changing the order of those that stay."
        ),
        reference="""
def longest_common_subsequence_length(a: str, b: str) -> int:
    previous = [0] * (len(b) + 1)
    for char in a:
        current = [0]
        for index, other in enumerate(b):
            current.append(previous[index] + 1 if char == other else max(previous[index + 1], current[index]))
        previous = current
    return previous[-1]
""",
        wrong=(
            "def longest_common_subsequence_length(a, b):\n    return len(set(a) & set(b))\n",
            "def longest_common_subsequence_length(a, b):\n"
            "    return sum(min(a.count(c), b.count(c)) for c in set(a))\n",
            "def longest_common_subsequence_length(a, b):\n    return sum(1 for x, y in zip(a, b) if x == y)\n",
            "def longest_common_subsequence_length(a, b):\n    best = 0\n    for i in range(len(a)):\n"
            "        for j in range(i + 1, len(a) + 1):\n            if a[i:j] in b:\n"
            "                best = max(best, j - i)\n    return best\n",
        ),
        examples=(("abcde", "ace"), ("abc", "xyz")),
        edges=(
            ("", ""),
            ("a", ""),
            ("", "b"),
            ("same", "same"),
            ("abc", "cba"),
            ("aab", "aba"),
            ("abcd" * 15, "dcba" * 15),
        ),
        generate=lambda rng: tuple("".join(rng.choices("abcd", k=rng.randint(3, 10))) for _ in range(2)),
    ),
]
