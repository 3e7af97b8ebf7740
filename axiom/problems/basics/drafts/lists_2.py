"""Swaps, differences, sets, groups, peaks and insertion in lists, and lookup in dictionaries."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_two_lists(rng: random.Random) -> Args:
    first, second = ([rng.randint(-3, 8) for _ in range(rng.randint(2, 8))] for _ in range(2))
    return first, second


def _draw_lookup(rng: random.Random) -> Args:
    keys = rng.sample("abcdef", k=rng.randint(1, 4))
    return {key: rng.randint(0, 9) for key in keys}, rng.choice("abcdef"), rng.randint(-9, 9)


def _draw_insertion(rng: random.Random) -> Args:
    nums = [rng.randint(-9, 9) for _ in range(rng.randint(2, 8))]
    return nums, rng.randint(0, len(nums)), rng.randint(10, 99)


DRAFTS = [
    Draft(
        family="swaps",
        difficulty="easy",
        tags=("lists",),
        statement="Return a copy of the list nums with its first and last items swapped.",
        reference="""
def swap_first_last(nums: list[int]) -> list[int]:
    result = nums.copy()
    if result:
        result[0], result[-1] = result[-1], result[0]
    return result
""",
        wrong=(
            "def swap_first_last(nums):\n    return [nums[-1]] + nums[1:-1] + [nums[0]]\n",
            "def swap_first_last(nums):\n    return nums[-1:] + nums[1:-1] + nums[:1]\n",
            "def swap_first_last(nums):\n    return nums[::-1]\n",
            "def swap_first_last(nums):\n    nums[0] = nums[-1]\n    nums[-1] = nums[0]\n    return nums\n",
        ),
        examples=(([1, 2, 3, 4],), ([5, 6],)),
        edges=(([],), ([7],), ([1, 2, 3],), ([4, 4, 4],), ([-1, 0, -2, 3],), (list(range(60)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(2, 9))],),
    ),
    Draft(
        family="swaps",
        difficulty="easy",
        tags=("lists",),
        statement=(
            "Return a copy of the list nums with the first and second items swapped, the third and fourth swapped "
            "and so on; a last item without a partner stays in place."
        ),
        reference="""
def swap_pairs(nums: list[int]) -> list[int]:
    result = nums.copy()
    for i in range(0, len(result) - 1, 2):
        result[i], result[i + 1] = result[i + 1], result[i]
    return result
""",
        wrong=(
            """
def swap_pairs(nums):
    result = list(nums)
    for i in range(len(result) - 1):
        result[i], result[i + 1] = result[i + 1], result[i]
    return result
""",
            """
def swap_pairs(nums):
    result = []
    for i in range(0, len(nums) - 1, 2):
        result += [nums[i + 1], nums[i]]
    return result
""",
            "def swap_pairs(nums):\n    return nums[::-1]\n",
        ),
        examples=(([1, 2, 3, 4],), ([5, 6, 7],)),
        edges=(([],), ([9],), ([1, 2],), ([3, 3, 4, 4],), ([-1, 0, -2, 0, -3],), (list(range(61)),)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(3, 9))],),
    ),
    Draft(
        family="differences",
        difficulty="easy",
        tags=("lists",),
        statement="Return a list with, for each item of nums after the first, that item minus the one before it.",
        reference="""
def adjacent_differences(nums: list[int]) -> list[int]:
    return [nums[i] - nums[i - 1] for i in range(1, len(nums))]
""",
        wrong=(
            "def adjacent_differences(nums):\n    return [nums[i] - nums[i - 1] for i in range(len(nums))]\n",
            "def adjacent_differences(nums):\n    return [nums[i - 1] - nums[i] for i in range(1, len(nums))]\n",
            "def adjacent_differences(nums):\n    return [abs(nums[i] - nums[i - 1]) for i in range(1, len(nums))]\n",
        ),
        examples=(([1, 4, 9],), ([5, 3, 3],)),
        edges=(([],), ([7],), ([2, 2],), ([0, -5],), ([-3, -1, -8],), ([i * i for i in range(50)],)),
        generate=lambda rng: ([rng.randint(-20, 20) for _ in range(rng.randint(2, 9))],),
    ),
    Draft(
        family="set_operations",
        difficulty="easy",
        tags=("lists", "sets"),
        statement="Return a sorted list, without repeats, of the numbers that are in both lists a and b.",
        reference="""
def common_items(a: list[int], b: list[int]) -> list[int]:
    return sorted(set(a) & set(b))
""",
        wrong=(
            "def common_items(a, b):\n    return sorted(x for x in a if x in b)\n",
            "def common_items(a, b):\n    return sorted(set(a) | set(b))\n",
            "def common_items(a, b):\n    return set(a) & set(b)\n",
        ),
        examples=(([1, 2, 3], [2, 3, 4]), ([5, 1, 5], [5, 5, 1])),
        edges=(
            ([], []),
            ([1], []),
            ([4], [4]),
            ([1, 2], [3, 4]),
            ([2, 2, 2], [2]),
            ([0, -1, -2], [-2, 0, -1]),
            (list(range(60)), list(range(40, 100))),
        ),
        generate=_draw_two_lists,
    ),
    Draft(
        family="set_operations",
        difficulty="easy",
        tags=("lists",),
        statement="Return a list of the items of a that are not in b, keeping their order and repeats.",
        reference="""
def only_in_first(a: list[int], b: list[int]) -> list[int]:
    return [item for item in a if item not in b]
""",
        wrong=(
            "def only_in_first(a, b):\n    return sorted(set(a) - set(b))\n",
            "def only_in_first(a, b):\n    return [x for x in b if x not in a]\n",
            "def only_in_first(a, b):\n    return [x for x in a if x in b]\n",
        ),
        examples=(([1, 2, 3], [2]), ([5, 4, 5, 1], [1, 7])),
        edges=(
            ([], [1]),
            ([3, 1], []),
            ([2], [2]),
            ([4, 4, 4], [5]),
            ([0, -1, -2], [-1]),
            (list(range(60)), list(range(5, 55))),
        ),
        generate=_draw_two_lists,
    ),
    Draft(
        family="grouping",
        difficulty="easy",
        tags=("dictionaries", "strings"),
        statement="Return a dictionary from each length to the list of the words of that length, in their order.",
        reference="""
def group_by_length(words: list[str]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = {}
    for word in words:
        groups.setdefault(len(word), []).append(word)
    return groups
""",
        wrong=(
            "def group_by_length(words):\n    return {len(word): [word] for word in words}\n",
            "def group_by_length(words):\n    return {word: len(word) for word in words}\n",
            "def group_by_length(words):\n    return {len(w): {v for v in words if len(v) == len(w)} for w in words}\n",
            "def group_by_length(words):\n    return {len(w): sum(len(v) == len(w) for v in words) for w in words}\n",
        ),
        examples=((["hi", "cat", "dog"],), (["a", "bb", "c"],)),
        edges=(([],), (["one"],), ([""],), (["x", "x"],), (["bb", "aa", "", "c"],), (["ab", "c"] * 30,)),
        generate=lambda rng: (rng.choices(["a", "b", "to", "is", "sun", "map", "tree", "house"], k=rng.randint(2, 7)),),
    ),
    Draft(
        family="partition",
        difficulty="easy",
        tags=("lists",),
        statement="Return a list of the numbers in nums with all zeros moved to the end and the others in their order.",
        reference="""
def move_zeros(nums: list[int]) -> list[int]:
    others = [number for number in nums if number != 0]
    return others + [0] * (len(nums) - len(others))
""",
        wrong=(
            "def move_zeros(nums):\n    return [n for n in nums if n != 0]\n",
            "def move_zeros(nums):\n    return sorted(nums, reverse=True)\n",
            "def move_zeros(nums):\n    return [n for n in nums if n == 0] + [n for n in nums if n != 0]\n",
            "def move_zeros(nums):\n    return [n for n in nums if n > 0] + [n for n in nums if n == 0]\n",
        ),
        examples=(([0, 1, 0, 3],), ([4, 0, 2],)),
        edges=(([],), ([0],), ([5],), ([0, 0, 0],), ([1, 2, 3],), ([0, -1, 0, -2],), ([0, 1] * 40,)),
        generate=lambda rng: ([rng.choice([0, 0, rng.randint(-9, 9)]) for _ in range(rng.randint(3, 10))],),
    ),
    Draft(
        family="peaks",
        difficulty="medium",
        tags=("lists", "indices"),
        statement=(
            "Return a list of the indices of the items of nums that are greater than both neighbours; "
            "the first and last items never count."
        ),
        reference="""
def local_peaks(nums: list[int]) -> list[int]:
    return [i for i in range(1, len(nums) - 1) if nums[i - 1] < nums[i] > nums[i + 1]]
""",
        wrong=(
            """
def local_peaks(nums):
    return [i for i in range(1, len(nums) - 1) if nums[i - 1] <= nums[i] >= nums[i + 1]]
""",
            """
def local_peaks(nums):
    return [nums[i] for i in range(1, len(nums) - 1) if nums[i - 1] < nums[i] > nums[i + 1]]
""",
            """
def local_peaks(nums):
    return [i for i in range(len(nums) - 1) if nums[i - 1] < nums[i] > nums[i + 1]]
""",
        ),
        examples=(([1, 3, 2],), ([5, 1, 4, 2, 6, 3],)),
        edges=(
            ([],),
            ([4],),
            ([1, 2],),
            ([1, 2, 3],),
            ([9, 1, 8],),
            ([1, 2, 2, 1],),
            ([-5, -1, -5, -2, -3],),
            ([0, 1] * 30,),
        ),
        generate=lambda rng: ([rng.randint(0, 9) for _ in range(rng.randint(3, 10))],),
    ),
    Draft(
        family="lookup",
        difficulty="easy",
        tags=("dictionaries",),
        statement="Return the value that the dictionary d has for key, or default if d does not have the key.",
        reference="""
def lookup_or_default(d: dict[str, int], key: str, default: int) -> int:
    return d.get(key, default)
""",
        wrong=(
            "def lookup_or_default(d, key, default):\n    return d[key]\n",
            "def lookup_or_default(d, key, default):\n    return d.get(key) or default\n",
            "def lookup_or_default(d, key, default):\n    return default if key in d else d.get(key)\n",
        ),
        examples=(({"a": 1, "b": 2}, "b", 0), ({"a": 1}, "x", 5)),
        edges=(
            ({}, "a", 3),
            ({"a": 0}, "a", 7),
            ({"": 4}, "", 1),
            ({"a": -2, "b": -2}, "b", 9),
            ({"a": 1}, "A", -1),
            ({str(i): i * i for i in range(40)}, "39", 0),
        ),
        generate=_draw_lookup,
    ),
    Draft(
        family="insertion",
        difficulty="easy",
        tags=("lists",),
        statement="Return a new list with the items of nums and x inserted at index, which is between 0 and len(nums).",
        reference="""
def insert_at(nums: list[int], index: int, x: int) -> list[int]:
    return nums[:index] + [x] + nums[index:]
""",
        wrong=(
            "def insert_at(nums, index, x):\n    return nums[:index] + [x] + nums[index + 1 :]\n",
            "def insert_at(nums, index, x):\n    return nums[: index + 1] + [x] + nums[index + 1 :]\n",
            "def insert_at(nums, index, x):\n    return nums.insert(index, x)\n",
        ),
        examples=(([1, 2, 3], 1, 9), ([4, 5], 2, 6)),
        edges=(([], 0, 7), ([1], 0, 2), ([1], 1, 2), ([3, 3, 3], 1, 3), ([-1, -2], 1, 0), (list(range(60)), 30, -1)),
        generate=_draw_insertion,
    ),
]
