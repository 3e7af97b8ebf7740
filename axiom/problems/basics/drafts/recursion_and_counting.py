"""Recursion, backtracking and dynamic programming: ways, choices, distances, segments."""

import random

from axiom.problems.basics.authoring import Args, Draft, draw_ints, draw_letters


def _knapsack(rng: random.Random) -> Args:
    count = rng.randint(2, 5)
    weights = [rng.randint(1, 8) for _ in range(count)]
    return (weights, [rng.randint(1, 12) for _ in range(count)], rng.randint(3, 20))


def _segments(rng: random.Random) -> Args:
    words = sorted({draw_letters(rng, 1, 3, "ab") for _ in range(rng.randint(1, 3))})
    text = "".join(rng.choice(words) for _ in range(rng.randint(1, 4)))
    return (text if rng.random() < 0.6 else text + rng.choice("ab"), words)


def _grid_word(rng: random.Random) -> Args:
    rows, columns = rng.randint(1, 3), rng.randint(2, 3)
    grid = ["".join(rng.choice("ab") for _ in range(columns)) for _ in range(rows)]
    return (grid, draw_letters(rng, 2, 5, "ab"))


DRAFTS = [
    Draft(
        family="subset_sums",
        difficulty="medium",
        level=5,
        tags=("recursion", "counting"),
        statement="Return in how many ways positions of nums can be chosen so that the chosen numbers sum to target.",
        reference="""
def count_subset_sums(nums: list[int], target: int) -> int:
    if not nums:
        return 1 if target == 0 else 0
    return count_subset_sums(nums[1:], target) + count_subset_sums(nums[1:], target - nums[0])
""",
        wrong=(
            "from itertools import combinations\ndef count_subset_sums(nums, target):\n    return len({tuple(sorted(c)) "
            "for n in range(len(nums) + 1) for c in combinations(nums, n) if sum(c) == target})\n",
            "from itertools import combinations\ndef count_subset_sums(nums, target):\n    return sum(sum(c) == target "
            "for n in range(1, len(nums) + 1) for c in combinations(nums, n))\n",
            "def count_subset_sums(nums, target):\n    return sum(sum(nums[i:j]) == target for i in range(len(nums) + 1) "
            "for j in range(i, len(nums) + 1))\n",
        ),
        examples=(([1, 2, 3], 3), ([5], 4)),
        edges=(([], 0), ([], 1), ([0], 0), ([1, 1, 1], 2), ([3, -3], 0), ([2, 2], 4), ([1] * 10, 5)),
        generate=lambda rng: (draw_ints(rng, 2, 7, -3, 6), rng.randint(-2, 9)),
    ),
    Draft(
        family="number_partitions",
        difficulty="medium",
        level=5,
        tags=("recursion", "counting"),
        statement=(
            "Return in how many ways n is a sum of positive whole numbers of at most largest, where the order of the "
            "numbers does not matter. There is one way for 0."
        ),
        reference="""
def count_partitions(n: int, largest: int) -> int:
    if n == 0:
        return 1
    if n < 0 or largest == 0:
        return 0
    return count_partitions(n - largest, largest) + count_partitions(n, largest - 1)
""",
        wrong=(
            "def count_partitions(n, largest):\n    if n == 0:\n        return 1\n"
            "    return sum(count_partitions(n - k, largest) for k in range(1, min(n, largest) + 1))\n",
            "def count_partitions(n, largest):\n    if n == 0:\n        return 1\n    if n < 0 or largest == 0:\n"
            "        return 0\n    return count_partitions(n - largest, largest - 1) + count_partitions(n, largest - 1)\n",
            "def count_partitions(n, largest):\n    return n // largest + 1 if largest else int(n == 0)\n",
        ),
        examples=((4, 4), (5, 2)),
        edges=((0, 0), (0, 3), (1, 0), (1, 1), (3, 9), (7, 1), (12, 12), (20, 3)),
        generate=lambda rng: (rng.randint(1, 18), rng.randint(1, 9)),
    ),
    Draft(
        family="letter_cases",
        difficulty="medium",
        level=5,
        tags=("recursion", "strings"),
        statement=(
            "Return every text that comes of s by writing each of its letters small or large, in alphabetical order "
            "(large letters come first); digits stay."
        ),
        reference="""
def letter_cases(s: str) -> list[str]:
    texts = [""]
    for char in s:
        variants = sorted({char.lower(), char.upper()})
        texts = [text + variant for text in texts for variant in variants]
    return texts
""",
        wrong=(
            "def letter_cases(s):\n    return sorted({s.lower(), s.upper()})\n",
            "def letter_cases(s):\n    texts = ['']\n    for c in s:\n        texts = [t + v for t in texts "
            "for v in (c.lower(), c.upper())]\n    return texts\n",
            "def letter_cases(s):\n    texts = ['']\n    for c in s:\n        texts = [t + v for v in "
            "sorted({c.lower(), c.upper()}) for t in texts]\n    return texts\n",
        ),
        examples=(("a1",), ("ab",)),
        edges=(("",), ("7",), ("Q",), ("a1b2",), ("ABC",), ("12",), ("zz",), ("a" * 6,)),
        generate=lambda rng: (draw_letters(rng, 2, 5, "abXY3"),),
    ),
    Draft(
        family="grid_words",
        difficulty="medium",
        level=5,
        tags=("backtracking", "grids"),
        statement=(
            "Return whether word can be read in the grid by going from letter to neighbouring letter, up, down, left or "
            "right, using no place twice."
        ),
        reference="""
def word_in_grid(grid: list[str], word: str) -> bool:
    def search(row: int, column: int, index: int, used: set) -> bool:
        if index == len(word):
            return True
        inside = 0 <= row < len(grid) and 0 <= column < len(grid[row])
        if not inside or (row, column) in used or grid[row][column] != word[index]:
            return False
        used = used | {(row, column)}
        steps = ((0, 1), (1, 0), (0, -1), (-1, 0))
        return any(search(row + down, column + right, index + 1, used) for down, right in steps)

    return any(search(row, column, 0, set()) for row in range(len(grid)) for column in range(len(grid[row])))
""",
        wrong=(
            "def word_in_grid(grid, word):\n    return any(word in row for row in grid)\n",
            "def word_in_grid(grid, word):\n    return set(word) <= set(''.join(grid))\n",
            "def word_in_grid(grid, word):\n    places = {(r, c) for r, row in enumerate(grid) for c, x in enumerate(row) "
            "if x == word[0]}\n    for x in word[1:]:\n        places = {(r + a, c + b) for r, c in places for a, b in "
            "((0, 1), (1, 0), (0, -1), (-1, 0)) if 0 <= r + a < len(grid) and 0 <= c + b < len(grid[0]) "
            "and grid[r + a][c + b] == x}\n    return bool(places)\n",
        ),
        examples=((["ab", "dc"], "abcd"), (["ab"], "aba")),
        edges=(
            ([], "a"),
            (["a"], "a"),
            (["a"], "b"),
            (["ab", "cd"], "ad"),
            (["ab", "cd"], "bdca"),
            (["aaa"], "aaaa"),
            (["abc", "fed"], "abcdef"),
            (["ba"], "ab"),
        ),
        generate=_grid_word,
    ),
    Draft(
        family="subsequences",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "lists"),
        statement=(
            "Return the length of the longest row of numbers that can be taken from nums, keeping their order but not "
            "necessarily side by side, in which each is larger than the one before."
        ),
        reference="""
def longest_rising_choice(nums: list[int]) -> int:
    lengths = []
    for index, number in enumerate(nums):
        before = [lengths[other] for other in range(index) if nums[other] < number]
        lengths.append(1 + max(before, default=0))
    return max(lengths, default=0)
""",
        wrong=(
            "def longest_rising_choice(nums):\n    return len(set(nums))\n",
            "def longest_rising_choice(nums):\n    best = run = min(len(nums), 1)\n    for a, b in zip(nums, nums[1:]):\n"
            "        run = run + 1 if b > a else 1\n        best = max(best, run)\n    return best\n",
            "def longest_rising_choice(nums):\n    lengths = []\n    for i, n in enumerate(nums):\n        lengths.append(1 "
            "+ max([lengths[j] for j in range(i) if nums[j] <= n], default=0))\n    return max(lengths, default=0)\n",
        ),
        examples=(([3, 1, 2, 5],), ([4, 4],)),
        edges=(([],), ([7],), ([5, 4, 3],), ([1, 2, 3],), ([2, 2, 2],), ([10, 9, 2, 5, 3, 7],), (list(range(40)),)),
        generate=lambda rng: (draw_ints(rng, 4, 10, -5, 9),),
    ),
    Draft(
        family="edits",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "strings"),
        statement=(
            "Return the least number of steps that turn a into b, where a step inserts one character, removes one, or "
            "puts one in the place of another."
        ),
        reference="""
def edit_steps(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        above, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (one != other))
    return row[-1]
""",
        wrong=(
            "def edit_steps(a, b):\n    return sum(x != y for x, y in zip(a, b)) + abs(len(a) - len(b))\n",
            "from collections import Counter\ndef edit_steps(a, b):\n    return max(sum((Counter(a) - Counter(b)).values()),"
            " sum((Counter(b) - Counter(a)).values()))\n",
            "def edit_steps(a, b):\n    return abs(len(a) - len(b))\n",
        ),
        examples=(("cat", "cut"), ("ab", "abc")),
        edges=(("", ""), ("", "abc"), ("abc", ""), ("abc", "abc"), ("abc", "bca"), ("kitten", "sitting"), ("ab", "ba")),
        generate=lambda rng: (draw_letters(rng, 1, 6, "abc"), draw_letters(rng, 1, 6, "abc")),
    ),
    Draft(
        family="decodings",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "strings"),
        statement=(
            "Letters were written as numbers, a as 1 up to z as 26, one after another without gaps. Return how many "
            "texts the digits can stand for; no number begins with 0, and there is one text for no digits."
        ),
        reference="""
def count_decodings(digits: str) -> int:
    before, here = 0, 1
    for index, digit in enumerate(digits):
        ways = here if digit != "0" else 0
        if index and "10" <= digits[index - 1:index + 1] <= "26":
            ways += before
        before, here = here, ways
    return here
""",
        wrong=(
            "def count_decodings(digits):\n    return 2 ** sum('10' <= digits[i:i + 2] <= '26' "
            "for i in range(len(digits) - 1))\n",
            "def count_decodings(digits):\n    a, b = 0, 1\n    for i in range(len(digits)):\n        w = b\n"
            "        if i and '10' <= digits[i - 1:i + 1] <= '26':\n            w += a\n        a, b = b, w\n    return b\n",
            "def count_decodings(digits):\n    a, b = 0, 1\n    for i, d in enumerate(digits):\n        w = b if d != '0' "
            "else 0\n        if i and digits[i - 1] in '12':\n            w += a\n        a, b = b, w\n    return b\n",
        ),
        examples=(("12",), ("226",)),
        edges=(("",), ("0",), ("10",), ("27",), ("100",), ("2101",), ("11111",), ("30",), ("06",), ("1" * 20,)),
        generate=lambda rng: (draw_letters(rng, 2, 8, "01223567"),),
    ),
    Draft(
        family="knapsack",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "lists"),
        statement=(
            "Each thing i weighs weights[i] and is worth values[i]; it can be taken once or left. Return the largest "
            "worth of things that weigh at most capacity together."
        ),
        reference="""
def best_load(weights: list[int], values: list[int], capacity: int) -> int:
    best = [0] * (capacity + 1)
    for weight, value in zip(weights, values):
        for room in range(capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    return best[capacity]
""",
        wrong=(
            "def best_load(weights, values, capacity):\n    best = [0] * (capacity + 1)\n    for w, v in zip(weights, "
            "values):\n        for room in range(w, capacity + 1):\n            best[room] = max(best[room], "
            "best[room - w] + v)\n    return best[capacity]\n",
            "def best_load(weights, values, capacity):\n    total = 0\n    for v, w in sorted(zip(values, weights), "
            "reverse=True):\n        if w <= capacity:\n            capacity -= w\n            total += v\n"
            "    return total\n",
            "def best_load(weights, values, capacity):\n    return max([v for w, v in zip(weights, values) if "
            "w <= capacity], default=0)\n",
        ),
        examples=(([2, 3], [4, 5], 5), ([6], [9], 5)),
        edges=(
            ([], [], 4),
            ([1], [7], 0),
            ([1], [7], 1),
            ([2, 2, 2], [3, 3, 3], 4),
            ([5, 4, 3], [10, 7, 6], 7),
            ([1, 1], [5, 5], 9),
            ([3, 3], [1, 1], 2),
        ),
        generate=_knapsack,
    ),
    Draft(
        family="segmentation",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "strings"),
        statement="Return whether s can be written as words of the list one after another, each as often as needed.",
        reference="""
def can_segment(s: str, words: list[str]) -> bool:
    reached = [True] + [False] * len(s)
    for end in range(1, len(s) + 1):
        reached[end] = any(end >= len(word) and reached[end - len(word)] and s[:end].endswith(word) for word in words)
    return reached[len(s)]
""",
        wrong=(
            "def can_segment(s, words):\n    for word in sorted(words, key=len, reverse=True):\n"
            "        s = s.replace(word, '')\n    return s == ''\n",
            "def can_segment(s, words):\n    while s:\n        word = next((w for w in words if s.startswith(w)), None)\n"
            "        if word is None:\n            return False\n        s = s[len(word):]\n    return True\n",
            "def can_segment(s, words):\n    return set(s) <= set(''.join(words))\n",
        ),
        examples=(("catdog", ["cat", "dog"]), ("cats", ["cat"])),
        edges=(
            ("", ["a"]),
            ("a", []),
            ("aaa", ["a"]),
            ("abab", ["aba", "ab"]),
            ("aab", ["a", "aa"]),
            ("ab", ["b", "a"]),
            ("abcd", ["a", "abc", "b", "cd"]),
            ("abba", ["bb", "aa"]),
            ("a" * 25 + "b", ["a", "aa", "aaa"]),
        ),
        generate=_segments,
    ),
    Draft(
        family="products",
        difficulty="medium",
        level=5,
        tags=("dynamic-programming", "lists"),
        statement="Return the largest product of one or more neighbouring numbers of nums, which is not empty.",
        reference="""
def largest_run_product(nums: list[int]) -> int:
    best = high = low = nums[0]
    for number in nums[1:]:
        ends = (number, high * number, low * number)
        high, low = max(ends), min(ends)
        best = max(best, high)
    return best
""",
        wrong=(
            "def largest_run_product(nums):\n    best = high = nums[0]\n    for n in nums[1:]:\n"
            "        high = max(n, high * n)\n        best = max(best, high)\n    return best\n",
            "from math import prod\ndef largest_run_product(nums):\n    return max(prod(nums), max(nums))\n",
            "def largest_run_product(nums):\n    return max(nums)\n",
        ),
        examples=(([2, 3, -2, 4],), ([-2],)),
        edges=(
            ([0],),
            ([-3, 0],),
            ([-2, -3],),
            ([-2, 3, -4],),
            ([0, 0, 5],),
            ([-1, -1, -1],),
            ([1] * 30,),
            ([2, -5, -2, -4],),
        ),
        generate=lambda rng: (draw_ints(rng, 3, 8, -4, 5),),
    ),
]
