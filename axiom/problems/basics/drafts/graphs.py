"""Graphs as lists of edges and fires on grids: distances, groups, orders, routes."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _graph(rng: random.Random, *, most: int = 7, directed: bool = False) -> Args:
    count = rng.randint(2, most)
    pairs = [(a, b) for a in range(count) for b in range(count) if a != b and (directed or a < b)]
    chosen = rng.sample(pairs, rng.randint(0, min(len(pairs), count + 1)))
    return (count, [list(pair) for pair in chosen])


def _ordered_graph(rng: random.Random) -> Args:
    count = rng.randint(2, 7)
    names = rng.sample(range(count), count)
    pairs = [[names[a], names[b]] for a in range(count) for b in range(a + 1, count)]
    return (count, rng.sample(pairs, rng.randint(0, min(len(pairs), count + 1))))


def _roads(rng: random.Random) -> Args:
    count, edges = _graph(rng)
    return (count, [[a, b, rng.randint(1, 9)] for a, b in edges], 0, count - 1)


DRAFTS = [
    Draft(
        family="hops",
        difficulty="medium",
        level=5,
        tags=("graphs", "breadth-first"),
        statement=(
            "Places 0 to n - 1 are joined by two-way roads. Return a list with the least number of roads from place 0 to "
            "each place, -1 where there is no way."
        ),
        reference="""
def hops_from_first(n: int, roads: list[list[int]]) -> list[int]:
    hops = [-1] * n
    hops[0] = 0
    queue = [0]
    for place in queue:
        for a, b in roads:
            for here, there in ((a, b), (b, a)):
                if here == place and hops[there] == -1:
                    hops[there] = hops[place] + 1
                    queue.append(there)
    return hops
""",
        wrong=(
            "def hops_from_first(n, roads):\n    hops = [-1] * n\n    hops[0] = 0\n    queue = [0]\n    for p in queue:\n"
            "        for a, b in roads:\n            if a == p and hops[b] == -1:\n                hops[b] = hops[p] + 1\n"
            "                queue.append(b)\n    return hops\n",
            "def hops_from_first(n, roads):\n    hops = [-1] * n\n    hops[0] = 0\n    stack = [0]\n    while stack:\n"
            "        p = stack.pop()\n        for a, b in roads:\n            for x, y in ((a, b), (b, a)):\n"
            "                if x == p and hops[y] == -1:\n                    hops[y] = hops[p] + 1\n"
            "                    stack.append(y)\n    return hops\n",
            "def hops_from_first(n, roads):\n    return [0] + [1 if [0, k] in roads or [k, 0] in roads else -1 "
            "for k in range(1, n)]\n",
        ),
        examples=((3, [[0, 1], [1, 2]]), (2, [])),
        edges=(
            (1, []),
            (3, [[1, 2]]),
            (4, [[3, 0], [2, 3], [1, 2]]),
            (4, [[0, 1], [1, 2], [2, 3], [0, 3]]),
            (5, [[0, 1], [0, 2], [1, 3], [2, 3], [3, 4]]),
            (4, [[0, 3], [0, 1], [1, 2], [2, 3]]),
            (5, [[0, 1], [0, 2], [2, 3], [3, 4], [1, 4]]),
            (30, [[i, i + 1] for i in range(29)]),
        ),
        generate=_graph,
    ),
    Draft(
        family="components",
        difficulty="medium",
        level=5,
        tags=("graphs",),
        statement="People 0 to n - 1 know each other in pairs. Return the size of the largest group in which everyone is linked.",
        reference="""
def largest_group(n: int, pairs: list[list[int]]) -> int:
    group = list(range(n))
    for a, b in pairs:
        old, new = group[a], group[b]
        group = [new if name == old else name for name in group]
    return max([group.count(name) for name in group], default=0)
""",
        wrong=(
            "def largest_group(n, pairs):\n    return max([sum(k in p for p in pairs) + 1 for k in range(n)], default=0)\n",
            "def largest_group(n, pairs):\n    return len({k for p in pairs for k in p}) or min(n, 1)\n",
            "def largest_group(n, pairs):\n    g = list(range(n))\n    for a, b in pairs:\n        g[a] = g[b]\n"
            "    return max([g.count(x) for x in g], default=0)\n",
        ),
        examples=((4, [[0, 1], [1, 2]]), (2, [])),
        edges=(
            (0, []),
            (1, []),
            (5, [[0, 1], [2, 3]]),
            (4, [[0, 1], [2, 3], [1, 2]]),
            (3, [[0, 1], [1, 0]]),
            (6, [[0, 1], [1, 2], [3, 4]]),
            (20, [[i, i + 1] for i in range(19)]),
        ),
        generate=_graph,
    ),
    Draft(
        family="cycles",
        difficulty="medium",
        level=5,
        tags=("graphs", "ordering"),
        statement=(
            "Tasks 0 to n - 1 wait for each other: a pair [a, b] says that b cannot begin before a is done. Return "
            "whether all of them can be done."
        ),
        reference="""
def can_do_all(n: int, pairs: list[list[int]]) -> bool:
    left = set(range(n))
    while left:
        ready = {task for task in left if not any(b == task and a in left for a, b in pairs)}
        if not ready:
            return False
        left -= ready
    return True
""",
        wrong=(
            "def can_do_all(n, pairs):\n    return not any([b, a] in pairs for a, b in pairs)\n",
            "def can_do_all(n, pairs):\n    return len({b for _, b in pairs}) < n\n",
            "def can_do_all(n, pairs):\n    return len(pairs) < n\n",
        ),
        examples=((2, [[0, 1]]), (2, [[0, 1], [1, 0]])),
        edges=(
            (1, []),
            (0, []),
            (3, [[0, 1], [1, 2], [2, 0]]),
            (3, [[0, 1], [0, 2], [1, 2]]),
            (2, [[1, 1]]),
            (4, [[0, 1], [2, 3], [3, 2]]),
            (4, [[1, 2], [2, 3], [3, 1]]),
            (15, [[i, i + 1] for i in range(14)]),
        ),
        generate=lambda rng: _graph(rng, most=5, directed=True),
    ),
    Draft(
        family="cheapest_route",
        difficulty="medium",
        level=5,
        tags=("graphs", "shortest-paths"),
        statement=(
            "Each road [a, b, cost] joins two of the places 0 to n - 1 in both directions. Return the least total cost "
            "of a way from start to end, -1 where there is none."
        ),
        reference="""
def cheapest_route(n: int, roads: list[list[int]], start: int, end: int) -> int:
    costs = {start: 0}
    for _ in range(n):
        for a, b, cost in roads:
            for here, there in ((a, b), (b, a)):
                if here in costs and costs[here] + cost < costs.get(there, float("inf")):
                    costs[there] = costs[here] + cost
    return costs.get(end, -1)
""",
        wrong=(
            "def cheapest_route(n, roads, start, end):\n    costs = {start: 0}\n    for _ in range(n):\n"
            "        for a, b, c in roads:\n            if a in costs and costs[a] + c < costs.get(b, 10 ** 9):\n"
            "                costs[b] = costs[a] + c\n    return costs.get(end, -1)\n",
            "def cheapest_route(n, roads, start, end):\n    return min([c for a, b, c in roads if {a, b} == {start, end}], "
            "default=0 if start == end else -1)\n",
            "def cheapest_route(n, roads, start, end):\n    cost, queue = {start: 0}, [start]\n    for p in queue:\n"
            "        for a, b, c in roads:\n            for x, y in ((a, b), (b, a)):\n                if x == p and y "
            "not in cost:\n                    cost[y] = cost[p] + c\n                    queue.append(y)\n"
            "    return cost.get(end, -1)\n",
        ),
        examples=((3, [[0, 1, 2], [1, 2, 2], [0, 2, 9]], 0, 2), (2, [], 0, 1)),
        edges=(
            (1, [], 0, 0),
            (2, [[1, 0, 4]], 0, 1),
            (3, [[0, 1, 1]], 0, 2),
            (4, [[2, 3, 1], [1, 2, 1], [0, 1, 1], [0, 3, 5]], 0, 3),
            (4, [[0, 3, 2], [0, 1, 1], [1, 3, 2]], 0, 3),
            (2, [[0, 1, 7], [0, 1, 3]], 0, 1),
            (3, [[0, 1, 1]], 2, 2),
        ),
        generate=_roads,
    ),
    Draft(
        family="task_chains",
        difficulty="medium",
        level=5,
        tags=("graphs", "ordering"),
        statement=(
            "A pair [a, b] says that task b of the tasks 0 to n - 1 waits for task a; nothing waits for itself in a "
            "circle. Every task takes one day and any number can be done on the same day. Return the days needed."
        ),
        reference="""
def days_needed(n: int, pairs: list[list[int]]) -> int:
    days = [1] * n
    for _ in range(n):
        for a, b in pairs:
            days[b] = max(days[b], days[a] + 1)
    return max(days, default=0)
""",
        wrong=(
            "def days_needed(n, pairs):\n    days = [1] * n\n    for a, b in pairs:\n        days[b] = max(days[b], "
            "days[a] + 1)\n    return max(days, default=0)\n",
            "def days_needed(n, pairs):\n    return min(n, len(pairs) + 1)\n",
            "def days_needed(n, pairs):\n    return max([sum(b == t for _, b in pairs) + 1 for t in range(n)], default=0)\n",
        ),
        examples=((3, [[0, 1], [0, 2]]), (2, [])),
        edges=(
            (0, []),
            (1, []),
            (3, [[1, 2], [0, 1]]),
            (4, [[0, 3], [1, 3], [2, 3]]),
            (4, [[2, 3], [1, 2], [0, 1]]),
            (5, [[0, 1], [1, 4], [2, 3]]),
            (20, [[i + 1, i] for i in range(19)]),
        ),
        generate=_ordered_graph,
    ),
    Draft(
        family="two_colours",
        difficulty="medium",
        level=5,
        tags=("graphs",),
        statement=(
            "Pairs of the guests 0 to n - 1 do not get on. Return whether the guests can be put at two tables so that no "
            "such pair sits at the same one."
        ),
        reference="""
def two_tables(n: int, pairs: list[list[int]]) -> bool:
    table = {}
    for first in range(n):
        if first in table:
            continue
        table[first] = 0
        queue = [first]
        for guest in queue:
            for a, b in pairs:
                for one, other in ((a, b), (b, a)):
                    if one == guest and other not in table:
                        table[other] = 1 - table[guest]
                        queue.append(other)
    return all(table[a] != table[b] for a, b in pairs)
""",
        wrong=(
            "def two_tables(n, pairs):\n    return len(pairs) < n\n",
            "def two_tables(n, pairs):\n    t = {}\n    for a, b in pairs:\n        t.setdefault(a, 0)\n"
            "        t.setdefault(b, 1 - t[a])\n    return all(t[a] != t[b] for a, b in pairs)\n",
            "def two_tables(n, pairs):\n    s = {frozenset(p) for p in pairs}\n    return not any(frozenset((a, c)) in s and "
            "frozenset((b, c)) in s for a, b in pairs for c in range(n))\n",
        ),
        examples=((3, [[0, 1], [1, 2]]), (3, [[0, 1], [1, 2], [2, 0]])),
        edges=(
            (1, []),
            (2, [[0, 1]]),
            (4, [[0, 1], [1, 2], [2, 3], [3, 0]]),
            (4, [[0, 1], [2, 3], [1, 2]]),
            (5, [[0, 1], [1, 2], [2, 3], [3, 4], [4, 0]]),
            (6, [[3, 4], [4, 5], [5, 3]]),
            (4, [[2, 1], [3, 2], [0, 3]]),
        ),
        generate=_graph,
    ),
    Draft(
        family="spreading",
        difficulty="medium",
        level=5,
        tags=("grids", "breadth-first"),
        statement=(
            "In a grid of f (fire), t (tree) and . (nothing), fire spreads each minute from every burning place to the "
            "trees above, below, left and right of it. Return the minutes until no tree is left, -1 if some never burn."
        ),
        reference="""
def minutes_to_burn(grid: list[str]) -> int:
    places = {(r, c): sign for r, row in enumerate(grid) for c, sign in enumerate(row)}
    burning = {place for place, sign in places.items() if sign == "f"}
    trees = {place for place, sign in places.items() if sign == "t"}
    minutes = 0
    while trees:
        burning = {(r + a, c + b) for r, c in burning for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))} & trees
        if not burning:
            return -1
        trees -= burning
        minutes += 1
    return minutes
""",
        wrong=(
            "def minutes_to_burn(grid):\n    return sum(row.count('t') for row in grid)\n",
            "def minutes_to_burn(grid):\n    f = [(r, c) for r, x in enumerate(grid) for c, s in enumerate(x) if s == 'f']\n"
            "    t = [(r, c) for r, x in enumerate(grid) for c, s in enumerate(x) if s == 't']\n    if t and not f:\n"
            "        return -1\n    return max([min(abs(a - r) + abs(b - c) for r, c in f) for a, b in t], default=0)\n",
            "def minutes_to_burn(grid):\n    return -1 if 't' in ''.join(grid) and 'f' not in ''.join(grid) else "
            "len(grid) + len(grid[0]) - 2 if grid else 0\n",
        ),
        examples=((["ftt"],), (["f.t"],)),
        edges=(
            ([],),
            (["f"],),
            (["t"],),
            (["..."],),
            (["ftt", ".t.", "ttf"],),
            (["ft", "tt"],),
            (["ttt", "t.t", "ftt"],),
            (["f" + "t" * 20],),
            (["tft"],),
            (["f.", ".t"],),
            ([".t.", "t..", "tff", "t.t"],),
        ),
        generate=lambda rng: (
            (lambda width: ["".join(rng.choice("ttf.") for _ in range(width)) for _ in range(rng.randint(1, 4))])(
                rng.randint(2, 4)
            ),
        ),
    ),
]
