"""Simulation, matrices, heaps, counts and bits."""

import random

from axiom.problems.basics.authoring import Draft, draw_ints, draw_letters


def _matrix(rng: random.Random, low: int, high: int) -> list[list[int]]:
    columns = rng.randint(1, 4)
    return [[rng.randint(low, high) for _ in range(columns)] for _ in range(rng.randint(1, 4))]


DRAFTS = [
    Draft(
        family="life",
        difficulty="medium",
        level=5,
        tags=("simulation", "grids"),
        statement=(
            "In a grid of 1 (alive) and 0, each place has up to eight neighbours. One step on, a living place lives if "
            "two or three neighbours do, and a dead one if exactly three do. Return the grid after one step."
        ),
        reference="""
def life_step(grid: list[list[int]]) -> list[list[int]]:
    def neighbours(row: int, column: int) -> int:
        around = [grid[r][c] for r in range(max(row - 1, 0), min(row + 2, len(grid)))
                  for c in range(max(column - 1, 0), min(column + 2, len(grid[0])))]
        return sum(around) - grid[row][column]

    return [[int(neighbours(r, c) == 3 or (cell == 1 and neighbours(r, c) == 2)) for c, cell in enumerate(row)]
            for r, row in enumerate(grid)]
""",
        wrong=(
            "def life_step(g):\n    def n(r, c):\n        return sum(g[a][b] for a in range(max(r - 1, 0), min(r + 2, len(g))) "
            "for b in range(max(c - 1, 0), min(c + 2, len(g[0]))))\n    return [[int(n(r, c) == 3 or (x == 1 and n(r, c) == 2)) "
            "for c, x in enumerate(row)] for r, row in enumerate(g)]\n",
            "def life_step(g):\n    def n(r, c):\n        return sum(g[a][b] for a, b in ((r - 1, c), (r + 1, c), (r, c - 1), "
            "(r, c + 1)) if 0 <= a < len(g) and 0 <= b < len(g[0]))\n    return [[int(n(r, c) == 3 or (x == 1 and n(r, c) == 2)) "
            "for c, x in enumerate(row)] for r, row in enumerate(g)]\n",
            "def life_step(g):\n    def n(r, c):\n        return sum(g[a % len(g)][b % len(g[0])] for a in (r - 1, r, r + 1) for b "
            "in (c - 1, c, c + 1)) - g[r][c]\n    return [[int(n(r, c) == 3 or (x == 1 and n(r, c) == 2)) for c, x in "
            "enumerate(row)] for r, row in enumerate(g)]\n",
        ),
        examples=(([[0, 1, 0], [0, 1, 0], [0, 1, 0]],), ([[1, 1], [1, 0]],)),
        edges=(
            ([],),
            ([[1]],),
            ([[1, 1], [1, 1]],),
            ([[1, 1, 1]],),
            ([[1, 1, 1], [1, 1, 1], [1, 1, 1]],),
            ([[1, 0, 1], [0, 0, 0], [1, 0, 0]],),
            ([[0, 0], [0, 0]],),
            ([[1, 0, 0, 1], [0, 0, 0, 0], [1, 0, 0, 1]],),
        ),
        generate=lambda rng: (_matrix(rng, 0, 1),),
    ),
    Draft(
        family="josephus",
        difficulty="medium",
        level=5,
        tags=("simulation", "lists"),
        statement=(
            "People 1 to n stand in a circle. Counting begins at 1, and every k-th of those who still stand leaves, until "
            "one is left. Return the number of that one."
        ),
        reference="""
def last_standing(n: int, k: int) -> int:
    people, place = list(range(1, n + 1)), 0
    while len(people) > 1:
        place = (place + k - 1) % len(people)
        people.pop(place)
    return people[0]
""",
        wrong=(
            "def last_standing(n, k):\n    p, i = list(range(1, n + 1)), 0\n    while len(p) > 1:\n        i = (i + k) % len(p)\n"
            "        p.pop(i)\n    return p[0]\n",
            "def last_standing(n, k):\n    p = list(range(1, n + 1))\n    while len(p) > 1:\n        p.pop((k - 1) % len(p))\n"
            "    return p[0]\n",
            "def last_standing(n, k):\n    return (n * k - 1) % n + 1\n",
        ),
        examples=((5, 2), (3, 1)),
        edges=((1, 1), (1, 5), (2, 1), (2, 2), (7, 3), (6, 7), (40, 3), (10, 10)),
        generate=lambda rng: (rng.randint(3, 25), rng.randint(1, 9)),
    ),
    Draft(
        family="caches",
        difficulty="medium",
        level=5,
        tags=("simulation", "dictionaries"),
        statement=(
            "A cache keeps the size keys that were used last. Return how many of the keys, asked for one after another, "
            "are in it at that moment; one that is not is put in, and the key unused for longest goes if it is full."
        ),
        reference="""
def cache_hits(size: int, keys: list[str]) -> int:
    kept, hits = [], 0
    for key in keys:
        if key in kept:
            hits += 1
            kept.remove(key)
        kept.append(key)
        kept = kept[-size:] if size else []
    return hits
""",
        wrong=(
            "def cache_hits(size, keys):\n    kept, hits = [], 0\n    for k in keys:\n        if k in kept:\n            hits += 1\n"
            "        else:\n            kept.append(k)\n            kept = kept[-size:] if size else []\n    return hits\n",
            "def cache_hits(size, keys):\n    return len(keys) - len(set(keys)) if size else 0\n",
            "def cache_hits(size, keys):\n    return sum(k in keys[max(i - size, 0):i] for i, k in enumerate(keys))\n",
        ),
        examples=((2, ["a", "b", "a"]), (1, ["a", "b", "a"])),
        edges=(
            (0, ["a", "a"]),
            (3, []),
            (1, ["a", "a", "a"]),
            (2, ["a", "b", "a", "c", "a"]),
            (2, ["a", "b", "c", "a"]),
            (2, ["a", "a", "b", "b", "a"]),
            (2, ["a", "b", "a", "c", "b"]),
            (3, list("abcd" * 6)),
        ),
        generate=lambda rng: (rng.randint(1, 3), list(draw_letters(rng, 4, 10, "abcd"))),
    ),
    Draft(
        family="stones",
        difficulty="medium",
        level=5,
        tags=("heaps", "simulation"),
        statement=(
            "The two heaviest stones are smashed together again and again: equal ones are both gone, otherwise what is "
            "left weighs their difference. Return the weight of the last stone, 0 if none is left."
        ),
        reference="""
def last_stone(stones: list[int]) -> int:
    left = sorted(stones)
    while len(left) > 1:
        heavy, lighter = left.pop(), left.pop()
        if heavy > lighter:
            left = sorted([*left, heavy - lighter])
    return left[0] if left else 0
""",
        wrong=(
            "def last_stone(stones):\n    left = sorted(stones)\n    while len(left) > 1:\n        a, b = left.pop(), left.pop()\n"
            "        if a > b:\n            left.append(a - b)\n    return left[0] if left else 0\n",
            "def last_stone(stones):\n    left = sorted(stones)\n    while len(left) > 1:\n        a, b = left.pop(0), "
            "left.pop(0)\n        if b > a:\n            left = sorted(left + [b - a])\n    return left[0] if left else 0\n",
            "def last_stone(stones):\n    return sum(stones) % 2\n",
        ),
        examples=(([2, 7, 4],), ([3, 3],)),
        edges=(([],), ([5],), ([1, 1, 1],), ([10, 4, 2, 10],), ([9, 3, 2, 10],), ([1, 9],), ([2] * 21,), ([8, 5, 4],)),
        generate=lambda rng: (draw_ints(rng, 3, 8, 1, 12),),
    ),
    Draft(
        family="char_counts",
        difficulty="medium",
        level=5,
        tags=("dictionaries", "sorting"),
        statement=(
            "Return the k words that stand most often in words, the most frequent first and those that are equally "
            "frequent in alphabetical order; all of them if there are fewer."
        ),
        reference="""
def most_frequent_words(words: list[str], k: int) -> list[str]:
    return sorted(set(words), key=lambda word: (-words.count(word), word))[:k]
""",
        wrong=(
            "from collections import Counter\ndef most_frequent_words(words, k):\n    return [w for w, _ in "
            "Counter(words).most_common(k)]\n",
            "def most_frequent_words(words, k):\n    return sorted(sorted(set(words))[:k], key=lambda w: -words.count(w))\n",
            "def most_frequent_words(words, k):\n    return sorted(set(words), key=lambda w: (words.count(w), w), "
            "reverse=True)[:k]\n",
        ),
        examples=((["b", "a", "b"], 1), (["x", "y"], 2)),
        edges=(
            ([], 2),
            (["a"], 0),
            (["b", "a"], 1),
            (["b", "b", "a", "a", "c"], 2),
            (["q"], 5),
            (["z", "y", "x"], 3),
            (["d", "c", "c", "d", "b"], 3),
            (["a", "b"] * 15, 1),
        ),
        generate=lambda rng: ([draw_letters(rng, 1, 1, "abcd") for _ in range(rng.randint(3, 9))], rng.randint(1, 4)),
    ),
    Draft(
        family="zeroes",
        difficulty="medium",
        level=5,
        tags=("matrices",),
        statement="Return the matrix with every row and every column that holds a 0 filled with 0.",
        reference="""
def spread_zeroes(matrix: list[list[int]]) -> list[list[int]]:
    columns = {index for row in matrix for index, number in enumerate(row) if number == 0}
    return [[0 if 0 in row or index in columns else number for index, number in enumerate(row)] for row in matrix]
""",
        wrong=(
            "def spread_zeroes(m):\n    return [[0] * len(row) if 0 in row else row for row in m]\n",
            "def spread_zeroes(m):\n    cols = {i for row in m for i, n in enumerate(row) if n == 0}\n    return [[0 if 0 in row "
            "and i in cols else n for i, n in enumerate(row)] for row in m]\n",
            "def spread_zeroes(m):\n    for r in range(len(m)):\n        for c in range(len(m[0])):\n            if m[r][c] == 0:\n"
            "                m[r] = [0] * len(m[0])\n                for k in range(len(m)):\n                    m[k][c] = 0\n"
            "    return m\n",
        ),
        examples=(([[1, 0], [2, 3]],), ([[4]],)),
        edges=(
            ([],),
            ([[0]],),
            ([[1, 2], [3, 4]],),
            ([[0, 1], [1, 1]],),
            ([[1, 1, 1], [1, 0, 1], [1, 1, 1]],),
            ([[1, 0, 2]],),
            ([[1], [0], [2]],),
            ([[0, 1, 1], [1, 1, 1], [1, 1, 0]],),
        ),
        generate=lambda rng: (_matrix(rng, 0, 4),),
    ),
    Draft(
        family="differences",
        difficulty="medium",
        level=5,
        tags=("prefix-sums", "dictionaries"),
        statement="Return how many runs of one or more neighbouring numbers of nums sum to exactly total.",
        reference="""
def count_runs_with_sum(nums: list[int], total: int) -> int:
    seen, current, count = {0: 1}, 0, 0
    for number in nums:
        current += number
        count += seen.get(current - total, 0)
        seen[current] = seen.get(current, 0) + 1
    return count
""",
        wrong=(
            "def count_runs_with_sum(nums, total):\n    count = left = s = 0\n    for right, n in enumerate(nums):\n        s += n\n"
            "        while s > total and left <= right:\n            s -= nums[left]\n            left += 1\n"
            "        count += s == total\n    return count\n",
            "def count_runs_with_sum(nums, total):\n    seen, s, c = set(), 0, 0\n    for n in nums:\n        s += n\n"
            "        c += s - total in seen\n        seen.add(s)\n    return c\n",
            "def count_runs_with_sum(nums, total):\n    return sum(sum(nums[:i]) == total for i in range(1, len(nums) + 1))\n",
        ),
        examples=(([1, 2, 3], 3), ([5], 4)),
        edges=(
            ([], 0),
            ([0], 0),
            ([0, 0, 0], 0),
            ([1, -1, 1], 1),
            ([2, 2, 2], 4),
            ([-1, -2], -3),
            ([1] * 30, 2),
            ([3, 0, -3], 0),
        ),
        generate=lambda rng: (draw_ints(rng, 3, 9, -3, 4), rng.randint(-2, 5)),
    ),
    Draft(
        family="bit_order",
        difficulty="medium",
        level=5,
        tags=("bits", "numbers"),
        statement=(
            "Return the largest value of a ^ b (exclusive or) over two different positions of nums, 0 for fewer than two "
            "numbers."
        ),
        reference="""
def largest_xor(nums: list[int]) -> int:
    return max([a ^ b for index, a in enumerate(nums) for b in nums[index + 1:]], default=0)
""",
        wrong=(
            "def largest_xor(nums):\n    return max(nums, default=0) ^ min(nums, default=0)\n",
            "def largest_xor(nums):\n    return max([a | b for i, a in enumerate(nums) for b in nums[i + 1:]], default=0)\n",
            "def largest_xor(nums):\n    return max([a ^ b for a, b in zip(nums, nums[1:])], default=0)\n",
        ),
        examples=(([3, 10, 5],), ([7],)),
        edges=(([],), ([0],), ([4, 4],), ([1, 2],), ([8, 1, 7],), ([0, 0, 0],), ([12, 3, 15, 8],), (list(range(40)),)),
        generate=lambda rng: (draw_ints(rng, 3, 7, 0, 31),),
    ),
]
