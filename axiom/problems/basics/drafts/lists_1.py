"""Membership, duplicates, sorting and joining of lists."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _numbers(rng: random.Random, low: int = -9, high: int = 9, longest: int = 10) -> list[int]:
    return [rng.randint(low, high) for _ in range(rng.randint(1, longest))]


def _draw_search(rng: random.Random) -> Args:
    nums = _numbers(rng, -4, 4)
    return (nums, rng.choice(nums) if rng.random() < 0.6 else rng.randint(-4, 4))


def _draw_duplicates(rng: random.Random) -> Args:
    nums = rng.sample(range(-20, 21), rng.randint(2, 9))
    if rng.random() < 0.5:
        nums.insert(rng.randint(0, len(nums)), rng.choice(nums))
    return (nums,)


def _draw_sorted(rng: random.Random) -> Args:
    nums = sorted(rng.randint(-9, 9) for _ in range(rng.randint(2, 9)))
    if rng.random() < 0.5:
        position = rng.randrange(len(nums))
        nums.append(nums.pop(position))
    return (nums,)


def _draw_nested(rng: random.Random) -> Args:
    lists = [_numbers(rng, longest=3) for _ in range(rng.randint(1, 5))]
    return ([[*inner, _numbers(rng, longest=2)] if rng.random() < 0.3 else inner for inner in lists],)


DRAFTS = [
    Draft(
        family="membership",
        difficulty="easy",
        tags=("lists", "searching"),
        statement="Return True if the number x is in the list nums, otherwise False.",
        reference="""
def contains_value(nums: list[int], x: int) -> bool:
    return x in nums
""",
        wrong=(
            "def contains_value(nums, x):\n    for n in nums:\n        return n == x\n    return False\n",
            "def contains_value(nums, x):\n    return nums.index(x) > 0\n",
            "def contains_value(nums, x):\n    return x in nums[1:]\n",
            "def contains_value(nums, x):\n    return nums.count(x)\n",
        ),
        examples=(([1, 2, 3], 2), ([4, 5], 6)),
        edges=(([], 1), ([7], 7), ([0], 0), ([-3, 3], -3), ([2, 2, 2], 2), ([8] * 60 + [1], 1), ([10**9, 5], 10**8)),
        generate=lambda rng: (_numbers(rng, -6, 6, 9), rng.randint(-6, 6)),
    ),
    Draft(
        family="membership",
        difficulty="easy",
        tags=("lists", "searching"),
        statement="Return the index of the first x in the list nums, or -1 if x is not in it.",
        reference="""
def first_index(nums: list[int], x: int) -> int:
    return nums.index(x) if x in nums else -1
""",
        wrong=(
            "def first_index(nums, x):\n    return nums.index(x)\n",
            "def first_index(nums, x):\n    found = -1\n    for i, n in enumerate(nums):\n        if n == x:\n"
            "            found = i\n    return found\n",
            "def first_index(nums, x):\n    for i, n in enumerate(nums):\n        if n == x:\n"
            "            return i + 1\n    return -1\n",
            "def first_index(nums, x):\n    for i in range(1, len(nums)):\n        if nums[i] == x:\n"
            "            return i\n    return -1\n",
        ),
        examples=(([5, 7, 9], 7), ([1, 2], 3)),
        edges=(([], 0), ([4], 4), ([4], 5), ([2, 1, 1], 1), ([3, 3, 3], 3), ([-1, 0], -1), ([0] * 70 + [6, 6], 6)),
        generate=_draw_search,
    ),
    Draft(
        family="membership",
        difficulty="easy",
        tags=("lists", "counting"),
        statement="Return how many times the number x occurs in the list nums.",
        reference="""
def count_occurrences(nums: list[int], x: int) -> int:
    return nums.count(x)
""",
        wrong=(
            "def count_occurrences(nums, x):\n    return x in nums\n",
            "def count_occurrences(nums, x):\n    return sum(n for n in nums if n == x)\n",
            "def count_occurrences(nums, x):\n    count = 0\n    for n in nums:\n        if n == x:\n"
            "            count += 1\n        return count\n",
            "def count_occurrences(nums, x):\n    return sum(1 for n in nums if n != x)\n",
        ),
        examples=(([1, 2, 1], 1), ([3, 4], 5)),
        edges=(([], 2), ([9], 9), ([0, 0, 1], 0), ([-2, 2, -2], -2), ([11, 1, 111], 1), ([5, 6] * 40, 5)),
        generate=lambda rng: (_numbers(rng, -2, 3), rng.randint(-2, 3)),
    ),
    Draft(
        family="duplicates",
        difficulty="easy",
        tags=("lists",),
        statement="Return a list of the different values in nums, each once, in the order in which they first appear.",
        reference="""
def unique_in_order(nums: list[int]) -> list[int]:
    return list(dict.fromkeys(nums))
""",
        wrong=(
            "def unique_in_order(nums):\n    return sorted(set(nums))\n",
            "def unique_in_order(nums):\n    return [n for n in nums if nums.count(n) == 1]\n",
            "def unique_in_order(nums):\n    return [n for i, n in enumerate(nums) if i == 0 or n != nums[i - 1]]\n",
            "def unique_in_order(nums):\n    return [n for i, n in enumerate(nums) if n not in nums[i + 1 :]]\n",
        ),
        examples=(([3, 1, 3, 2],), ([1, 1],)),
        edges=(([],), ([5],), ([2, 2, 2],), ([9, 0, -9, 0, 9],), ([4, 3, 2],), ([7, 1, 4] * 30,)),
        generate=lambda rng: (_numbers(rng, -3, 4),),
    ),
    Draft(
        family="duplicates",
        difficulty="easy",
        tags=("lists",),
        statement="Return True if some number occurs more than once in the list nums, otherwise False.",
        reference="""
def has_duplicates(nums: list[int]) -> bool:
    return len(set(nums)) < len(nums)
""",
        wrong=(
            "def has_duplicates(nums):\n    return len(set(nums)) == len(nums)\n",
            "def has_duplicates(nums):\n    return any(a == b for a, b in zip(nums, nums[1:]))\n",
            "def has_duplicates(nums):\n    return any(n in nums for n in nums)\n",
            "def has_duplicates(nums):\n    return nums.count(nums[0]) > 1\n",
        ),
        examples=(([1, 2, 1],), ([1, 2, 3],)),
        edges=(([],), ([4],), ([0, 0],), ([-1, 1],), ([1, 2, 3, 3],), (list(range(60)),), ([*range(60), 30],)),
        generate=_draw_duplicates,
    ),
    Draft(
        family="sorting",
        difficulty="easy",
        tags=("lists", "sorting"),
        statement="Return a new list with the numbers of nums sorted from largest to smallest.",
        reference="""
def sort_descending(nums: list[int]) -> list[int]:
    return sorted(nums, reverse=True)
""",
        wrong=(
            "def sort_descending(nums):\n    return sorted(nums)\n",
            "def sort_descending(nums):\n    return nums[::-1]\n",
            "def sort_descending(nums):\n    return nums.sort(reverse=True)\n",
            "def sort_descending(nums):\n    return sorted(set(nums), reverse=True)\n",
        ),
        examples=(([1, 3, 2],), ([5, 5, 8],)),
        edges=(([],), ([1],), ([2, 2],), ([-1, -5, 0],), ([9, 8, 7],), ([1, 10, 2],), (list(range(50)),)),
        generate=lambda rng: (_numbers(rng, -20, 20),),
    ),
    Draft(
        family="sorting",
        difficulty="easy",
        tags=("lists", "strings", "sorting"),
        statement=(
            "Return a new list with the strings in words sorted from shortest to longest. "
            "Strings of equal length keep their order."
        ),
        reference="""
def sort_by_length(words: list[str]) -> list[str]:
    return sorted(words, key=len)
""",
        wrong=(
            "def sort_by_length(words):\n    return sorted(words)\n",
            "def sort_by_length(words):\n    return sorted(words, key=len, reverse=True)\n",
            "def sort_by_length(words):\n    return sorted(words, key=lambda word: (len(word), word))\n",
            "def sort_by_length(words):\n    return sorted(len(word) for word in words)\n",
        ),
        examples=((["abc", "a", "bb"],), (["to", "go", "x"],)),
        edges=(([],), (["one"],), (["b", "a"],), (["dd", "", "c"],), (["z", "yy", "xxx"],), (["bb", "a", "aa"] * 20,)),
        generate=lambda rng: (["".join(rng.choices("abcxyz", k=rng.randint(1, 4))) for _ in range(rng.randint(3, 7))],),
    ),
    Draft(
        family="sorting",
        difficulty="easy",
        tags=("lists", "sorting"),
        statement="Return True if no number in the list nums is smaller than the number before it, otherwise False.",
        reference="""
def is_sorted(nums: list[int]) -> bool:
    return all(first <= second for first, second in zip(nums, nums[1:]))
""",
        wrong=(
            "def is_sorted(nums):\n    return all(a < b for a, b in zip(nums, nums[1:]))\n",
            "def is_sorted(nums):\n    for a, b in zip(nums, nums[1:]):\n        return a <= b\n    return True\n",
            "def is_sorted(nums):\n    return nums == nums.sort()\n",
            "def is_sorted(nums):\n    return all(nums[i] <= nums[i + 1] for i in range(len(nums)))\n",
        ),
        examples=(([1, 2, 4],), ([3, 1],), ([2, 2],)),
        edges=(([],), ([5],), ([-1, -2],), ([1, 1, 1],), ([1, 3, 2],), (list(range(60)),), ([*range(60), 0],)),
        generate=_draw_sorted,
    ),
    Draft(
        family="concatenation",
        difficulty="easy",
        tags=("lists",),
        statement=(
            "Return one list with the items of all the lists in lists, in order. "
            "Only one level is removed: a list inside an inner list stays a list."
        ),
        reference="""
def flatten_once(lists: list[list]) -> list:
    return [item for inner in lists for item in inner]
""",
        wrong=(
            "def flatten_once(lists):\n    result = []\n    for inner in lists:\n        result.append(inner)\n"
            "    return result\n",
            "def flatten_once(lists):\n    if not isinstance(lists, list):\n        return [lists]\n"
            "    return [x for inner in lists for x in flatten_once(inner)]\n",
            "def flatten_once(lists):\n    return lists[0] + lists[1]\n",
        ),
        examples=(([[1, 2], [3]],), ([[1], [2, [3, 4]]],)),
        edges=(([],), ([[]],), ([[7]],), ([[], [1], []],), ([[[1]], [[2]]],), ([[0], [0], [0]],), ([[1, 2]] * 40,)),
        generate=_draw_nested,
    ),
    Draft(
        family="concatenation",
        difficulty="easy",
        tags=("lists",),
        statement="Return a new list with the items of the list a followed by those of the list b.",
        reference="""
def concatenate(a: list[int], b: list[int]) -> list[int]:
    return a + b
""",
        wrong=(
            "def concatenate(a, b):\n    return a.extend(b)\n",
            "def concatenate(a, b):\n    a.append(b)\n    return a\n",
            "def concatenate(a, b):\n    return [x + y for x, y in zip(a, b)]\n",
            "def concatenate(a, b):\n    return a + [x for x in b if x not in a]\n",
        ),
        examples=(([1, 2], [3]), ([5], [5])),
        edges=(([], []), ([1], []), ([], [2]), ([0], [-1]), ([3, 1], [2, 1]), ([1] * 50, [2] * 50)),
        generate=lambda rng: (_numbers(rng, longest=6), _numbers(rng, longest=6)),
    ),
]
