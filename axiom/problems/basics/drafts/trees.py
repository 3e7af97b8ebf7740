"""Trees as nested lists and lists of parents: levels, order, heights, paths."""

import random
from typing import Any

from axiom.problems.basics.authoring import Args, Draft


def _tree(rng: random.Random, size: int, *, low: int = -5, high: int = 9) -> Any:
    if size == 0:
        return None
    left = rng.randint(0, size - 1)
    return [
        rng.randint(low, high),
        _tree(rng, left, low=low, high=high),
        _tree(rng, size - 1 - left, low=low, high=high),
    ]


def _search_tree(rng: random.Random, values: list[int]) -> Any:
    if not values:
        return None
    middle = rng.randrange(len(values))
    return [values[middle], _search_tree(rng, values[:middle]), _search_tree(rng, values[middle + 1 :])]


def _maybe_search_tree(rng: random.Random) -> Args:
    values = sorted(rng.sample(range(20), rng.randint(3, 6)))
    if rng.random() < 0.5:
        i, j = rng.sample(range(len(values)), 2)
        values[i], values[j] = values[j], values[i]
    return (_search_tree(rng, values),)


def _parents(rng: random.Random) -> Args:
    return ([-1] + [rng.randrange(index) for index in range(1, rng.randint(3, 9))],)


def _chain(values: list[int], side: int) -> Any:
    tree: Any = None
    for value in reversed(values):
        tree = [value, tree, None] if side == 1 else [value, None, tree]
    return tree


DRAFTS = [
    Draft(
        family="tree_levels",
        difficulty="medium",
        level=5,
        tags=("trees",),
        statement=(
            "A tree is None, or a list of a number, its left tree and its right tree. Return the sum of the numbers on "
            "each level, from the top down."
        ),
        reference="""
def level_sums(tree: list) -> list[int]:
    sums, row = [], [tree] if tree else []
    while row:
        sums.append(sum(node[0] for node in row))
        row = [child for node in row for child in node[1:] if child]
    return sums
""",
        wrong=(
            "def level_sums(tree):\n    if not tree:\n        return []\n    return [tree[0], sum(c[0] for c in tree[1:] if c)]\n",
            "def level_sums(tree):\n    if not tree:\n        return []\n    return [tree[0]] + [a + b for a, b in "
            "zip(level_sums(tree[1]), level_sums(tree[2]))]\n",
            "def level_sums(tree):\n    return [] if not tree else [tree[0]] + level_sums(tree[1]) + level_sums(tree[2])\n",
        ),
        examples=(([1, [2, None, None], [3, None, None]],), ([5, None, None],)),
        edges=(
            (None,),
            ([-4, None, None],),
            ([1, [2, [3, None, None], None], None],),
            ([1, None, [2, [3, None, None], None]],),
            ([0, [0, None, None], [0, None, [7, None, None]]],),
            (_chain(list(range(25)), 2),),
        ),
        generate=lambda rng: (_tree(rng, rng.randint(3, 8)),),
    ),
    Draft(
        family="search_trees",
        difficulty="medium",
        level=5,
        tags=("trees", "recursion"),
        statement=(
            "A tree is None, or a list of a number, its left tree and its right tree. Return whether, at every number, "
            "all numbers of the left tree are smaller and all of the right tree larger."
        ),
        reference="""
def is_search_tree(tree: list) -> bool:
    def values(tree: list) -> list[int]:
        return [*values(tree[1]), tree[0], *values(tree[2])] if tree else []

    found = values(tree)
    return all(a < b for a, b in zip(found, found[1:]))
""",
        wrong=(
            "def is_search_tree(t):\n    if not t:\n        return True\n    v, l, r = t\n    return (not l or l[0] < v) and "
            "(not r or r[0] > v) and is_search_tree(l) and is_search_tree(r)\n",
            "def is_search_tree(t):\n    def vs(t):\n        return [*vs(t[1]), t[0], *vs(t[2])] if t else []\n"
            "    return vs(t) == sorted(vs(t))\n",
            "def is_search_tree(t):\n    return not t or ((not t[1] or t[1][0] < t[0]) and (not t[2] or t[2][0] > t[0]))\n",
        ),
        examples=(([2, [1, None, None], [3, None, None]],), ([2, [3, None, None], None],)),
        edges=(
            (None,),
            ([7, None, None],),
            ([5, [5, None, None], None],),
            ([5, [2, None, [6, None, None]], None],),
            ([5, None, [8, [4, None, None], None]],),
            ([5, [3, [1, None, None], [4, None, None]], [9, None, None]],),
            ([5, None, [5, None, None]],),
            (_chain(list(range(20)), 2),),
            ([4, [3, [9, None, None], None], None],),
        ),
        generate=_maybe_search_tree,
    ),
    Draft(
        family="parents",
        difficulty="medium",
        level=5,
        tags=("trees", "lists"),
        statement=(
            "parents[i] is the number of the parent of i in a tree, -1 for its root. Return the largest number of steps "
            "from anyone up to the root, 0 for an empty list."
        ),
        reference="""
def height_by_parents(parents: list[int]) -> int:
    highest = 0
    for child in range(len(parents)):
        steps, here = 0, child
        while parents[here] != -1:
            here = parents[here]
            steps += 1
        highest = max(highest, steps)
    return highest
""",
        wrong=(
            "def height_by_parents(parents):\n    return len(set(parents)) - 1 if parents else 0\n",
            "def height_by_parents(parents):\n    s, h = 0, len(parents) - 1\n    while parents and parents[h] != -1:\n"
            "        h = parents[h]\n        s += 1\n    return s\n",
            "def height_by_parents(parents):\n    return max([parents.count(k) for k in range(len(parents))], default=0)\n",
        ),
        examples=(([-1, 0, 1],), ([-1, 0, 0],)),
        edges=(
            ([],),
            ([-1],),
            ([1, -1],),
            ([1, 2, 3, -1],),
            ([-1, 0, 1, 0, 3, 4],),
            ([2, 2, -1, 1, 0],),
            ([-1] + [0] * 30,),
            ([-1, *range(25)],),
        ),
        generate=_parents,
    ),
    Draft(
        family="tree_paths",
        difficulty="medium",
        level=5,
        tags=("trees", "recursion"),
        statement=(
            "A tree is None, or a list of a number, its left tree and its right tree; a leaf has neither. Return how many "
            "ways from the top down to a leaf have numbers that sum to total."
        ),
        reference="""
def count_tree_paths(tree: list, total: int) -> int:
    if not tree:
        return 0
    number, left, right = tree
    if not left and not right:
        return 1 if number == total else 0
    return count_tree_paths(left, total - number) + count_tree_paths(right, total - number)
""",
        wrong=(
            "def count_tree_paths(t, total):\n    if not t:\n        return int(total == 0)\n"
            "    return count_tree_paths(t[1], total - t[0]) + count_tree_paths(t[2], total - t[0])\n",
            "def count_tree_paths(t, total):\n    if not t:\n        return 0\n    return (t[0] == total) + "
            "count_tree_paths(t[1], total - t[0]) + count_tree_paths(t[2], total - t[0])\n",
            "def count_tree_paths(t, total):\n    if not t:\n        return 0\n    if not t[1] and not t[2]:\n        return "
            "int(t[0] == total)\n    return max(count_tree_paths(t[1], total - t[0]), count_tree_paths(t[2], total - t[0]))\n",
        ),
        examples=(([1, [2, None, None], [2, None, None]], 3), ([5, None, None], 4)),
        edges=(
            (None, 0),
            ([0, None, None], 0),
            ([5, [-5, None, None], None], 0),
            ([1, [2, [3, None, None], None], None], 3),
            ([1, [2, None, None], [1, [1, None, None], None]], 3),
            ([2, [0, None, None], [0, None, None]], 2),
            ([3, None, [4, None, None]], 3),
        ),
        generate=lambda rng: (_tree(rng, rng.randint(3, 8), low=0, high=2), rng.randint(1, 6)),
    ),
]
