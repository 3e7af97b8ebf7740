"""Last items, pairing, shopping, selection and ledgers."""

import random

from axiom.problems.basics.authoring import Args, Draft

_NAMES = ("apple", "bread", "cheese", "egg", "fig", "jam", "milk", "rice", "tea")


def _draw_ints(rng: random.Random, least: int, most: int) -> list[int]:
    return [rng.randint(-20, 20) for _ in range(rng.randint(least, most))]


def _draw_zip(rng: random.Random) -> Args:
    keys = rng.sample(_NAMES, rng.randint(1, 5))
    return keys, [rng.randint(0, 50) for _ in range(len(keys) + rng.choice((-1, 0, 0, 0, 1)))]


def _draw_cheapest(rng: random.Random) -> Args:
    return ({name: rng.randint(1, 5) for name in rng.sample(_NAMES, rng.randint(2, 6))},)


def _draw_total(rng: random.Random) -> Args:
    prices = {name: rng.randint(1, 20) for name in rng.sample(_NAMES, rng.randint(3, 7))}
    return prices, rng.choices(_NAMES, k=rng.randint(1, 6))


def _draw_equal(rng: random.Random) -> Args:
    value, size = rng.randint(-9, 9), rng.randint(2, 8)
    nums = [value] * size
    if rng.random() < 0.5:
        nums[rng.randrange(size)] += rng.choice((-1, 1))
    return (nums,)


def _draw_transactions(rng: random.Random) -> Args:
    kinds = ("deposit", "withdraw")
    return ([(rng.choice(kinds), rng.randint(1, 100)) for _ in range(rng.randint(1, 8))],)


DRAFTS = [
    Draft(
        family="last_items",
        difficulty="easy",
        tags=("lists",),
        statement="Return a list of the last n items of nums, or all of them if there are fewer than n.",
        reference="""
def last_n(nums: list[int], n: int) -> list[int]:
    return nums[max(len(nums) - n, 0) :]
""",
        wrong=(
            "def last_n(nums, n):\n    return nums[-n:]\n",
            "def last_n(nums, n):\n    return nums[len(nums) - n:]\n",
            "def last_n(nums, n):\n    return nums[:n]\n",
        ),
        examples=(([1, 2, 3, 4], 2), ([5, 6], 1)),
        edges=(([], 3), ([1, 2, 3], 0), ([1, 2, 3], 3), ([1, 2, 3], 5), ([7], 1), (list(range(100)), 4)),
        generate=lambda rng: (_draw_ints(rng, 1, 8), rng.randint(0, 10)),
    ),
    Draft(
        family="last_items",
        difficulty="easy",
        tags=("lists",),
        statement="Return the last item of nums, or default if nums is empty.",
        reference="""
def last_or_default(nums: list[int], default: int) -> int:
    return nums[-1] if nums else default
""",
        wrong=(
            "def last_or_default(nums, default):\n    return nums[-1]\n",
            "def last_or_default(nums, default):\n    return nums[0] if nums else default\n",
            "def last_or_default(nums, default):\n    return nums[-1] or default if nums else default\n",
        ),
        examples=(([1, 2, 3], 0), ([], 7)),
        edges=(([], 0), ([], -1), ([5], 9), ([4, 0], 8), ([-1, -2], 3), (list(range(60)), 1)),
        generate=lambda rng: (_draw_ints(rng, 0, 5), rng.randint(-9, 9)),
    ),
    Draft(
        family="pairing",
        difficulty="easy",
        tags=("lists", "dicts"),
        statement=(
            "Return a dict that maps the first item of keys to the first item of values, and so on. "
            "Ignore what is left over in the longer list."
        ),
        reference="""
def zip_to_dict(keys: list[str], values: list[int]) -> dict[str, int]:
    return dict(zip(keys, values))
""",
        wrong=(
            "def zip_to_dict(keys, values):\n    return {keys[i]: values[i] for i in range(len(keys))}\n",
            "def zip_to_dict(keys, values):\n    return dict(zip(values, keys))\n",
            "def zip_to_dict(keys, values):\n    return list(zip(keys, values))\n",
        ),
        examples=((["a", "b"], [1, 2]), (["x", "y", "z"], [5])),
        edges=(
            ([], []),
            (["a"], []),
            ([], [1, 2]),
            (["a"], [0]),
            (["a", "b"], [3, 3, 3]),
            ([f"k{index}" for index in range(50)], list(range(50))),
        ),
        generate=_draw_zip,
    ),
    Draft(
        family="pairing",
        difficulty="easy",
        tags=("lists", "tuples"),
        statement="Return a list of tuples (index, item) for the items of the list, in order; the first index is 0.",
        reference="""
def index_items(items: list[str]) -> list[tuple[int, str]]:
    return list(enumerate(items))
""",
        wrong=(
            "def index_items(items):\n    return list(enumerate(items, 1))\n",
            "def index_items(items):\n    return [(item, i) for i, item in enumerate(items)]\n",
            "def index_items(items):\n    return [(items.index(item), item) for item in items]\n",
        ),
        examples=((["a", "b"],), (["red", "green", "blue"],)),
        edges=(([],), (["x"],), (["a", "a", "b", "a"],), ([""],), ([f"n{index}" for index in range(50)],)),
        generate=lambda rng: (rng.choices(_NAMES, k=rng.randint(2, 7)),),
    ),
    Draft(
        family="shopping",
        difficulty="easy",
        tags=("dicts",),
        statement=(
            "Return the name with the lowest price in the dict prices, the first such name if several share it. "
            "prices is not empty."
        ),
        reference="""
def cheapest_item(prices: dict[str, int]) -> str:
    return min(prices, key=lambda name: prices[name])
""",
        wrong=(
            "def cheapest_item(prices):\n    return min(prices)\n",
            "def cheapest_item(prices):\n    return min(prices.values())\n",
            "def cheapest_item(prices):\n    return min(sorted(prices), key=prices.get)\n",
        ),
        examples=(({"apple": 3, "fig": 2},), ({"tea": 4, "jam": 4, "rice": 9},)),
        edges=(
            ({"egg": 1},),
            ({"pear": 2, "apple": 2},),
            ({"a": 0, "b": 5},),
            ({"c": 9, "b": 8, "a": 7},),
            ({f"n{index}": 100 - index for index in range(50)},),
        ),
        generate=_draw_cheapest,
    ),
    Draft(
        family="shopping",
        difficulty="easy",
        tags=("dicts", "lists"),
        statement=(
            "Return the total price of all names in the list basket; the dict prices gives the price of each name. "
            "A name that is not in prices costs 0."
        ),
        reference="""
def total_cost(prices: dict[str, int], basket: list[str]) -> int:
    return sum(prices.get(name, 0) for name in basket)
""",
        wrong=(
            "def total_cost(prices, basket):\n    return sum(prices[name] for name in basket)\n",
            "def total_cost(prices, basket):\n    return sum(prices.get(name, 0) for name in set(basket))\n",
            "def total_cost(prices, basket):\n    return sum(prices.values())\n",
        ),
        examples=(({"egg": 2, "milk": 3}, ["egg", "milk"]), ({"tea": 5}, ["tea", "jam"])),
        edges=(
            ({}, []),
            ({"egg": 2}, []),
            ({}, ["egg"]),
            ({"egg": 2, "fig": 9}, ["egg", "egg", "egg"]),
            ({"rice": 125}, ["rice"] * 80),
        ),
        generate=_draw_total,
    ),
    Draft(
        family="selection",
        difficulty="easy",
        tags=("lists", "sorting"),
        statement="Return a sorted list of the k smallest numbers in nums, or of all if there are fewer than k.",
        reference="""
def k_smallest(nums: list[int], k: int) -> list[int]:
    return sorted(nums)[:k]
""",
        wrong=(
            "def k_smallest(nums, k):\n    return nums[:k]\n",
            "def k_smallest(nums, k):\n    return sorted(set(nums))[:k]\n",
            "def k_smallest(nums, k):\n    return sorted(nums)[k - 1]\n",
        ),
        examples=(([5, 1, 4], 2), ([3, 3, 2], 2)),
        edges=(([], 2), ([4, 2], 0), ([9], 1), ([2, 1], 5), ([7, 7, 7, 8], 3), (list(range(60, 0, -1)), 5)),
        generate=lambda rng: (_draw_ints(rng, 2, 10), rng.randint(1, 6)),
    ),
    Draft(
        family="identity",
        difficulty="easy",
        tags=("matrices", "lists"),
        statement=(
            "Return the identity matrix with n rows and n columns as a list of lists: 1 on the diagonal, 0 elsewhere. "
            "Return [] if n is 0."
        ),
        reference="""
def identity_matrix(n: int) -> list[list[int]]:
    return [[1 if row == column else 0 for column in range(n)] for row in range(n)]
""",
        wrong=(
            "def identity_matrix(n):\n    return [[1] * n for _ in range(n)]\n",
            "def identity_matrix(n):\n    return [[1 if i + j == n - 1 else 0 for j in range(n)] for i in range(n)]\n",
            "def identity_matrix(n):\n    row = [0] * n\n    rows = [row] * n\n"
            "    for i in range(n):\n        rows[i][i] = 1\n    return rows\n",
        ),
        examples=((2,), (3,)),
        edges=((0,), (1,), (4,), (5,), (20,)),
        generate=lambda rng: (rng.randint(6, 20),),
    ),
    Draft(
        family="equality",
        difficulty="easy",
        tags=("lists",),
        statement="Return True if all numbers in nums are equal, else False. Return True for an empty list.",
        reference="""
def all_equal(nums: list[int]) -> bool:
    return len(set(nums)) <= 1
""",
        wrong=(
            "def all_equal(nums):\n    return nums[0] == nums[-1]\n",
            "def all_equal(nums):\n    return len(set(nums)) == 1\n",
            "def all_equal(nums):\n    return all(nums)\n",
        ),
        examples=(([2, 2, 2],), ([1, 2],)),
        edges=(([],), ([5],), ([0, 0],), ([3, 4, 3],), ([-1, 1],), ([6] * 99 + [7],), ([8] * 100,)),
        generate=_draw_equal,
    ),
    Draft(
        family="ledger",
        difficulty="easy",
        tags=("lists", "tuples"),
        statement=(
            'Return the final balance of an account that starts at 0. Each transaction is a tuple ("deposit", amount) '
            'or ("withdraw", amount); the balance may become negative.'
        ),
        reference="""
def bank_balance(transactions: list[tuple[str, int]]) -> int:
    return sum(amount if kind == "deposit" else -amount for kind, amount in transactions)
""",
        wrong=(
            "def bank_balance(transactions):\n    return sum(amount for _, amount in transactions)\n",
            "def bank_balance(transactions):\n    total = 0\n    for kind, amount in transactions:\n"
            "        total += amount if kind == 'deposit' else -amount\n    return max(total, 0)\n",
            "def bank_balance(transactions):\n    return sum(a for kind, a in transactions if kind == 'deposit')\n",
        ),
        examples=(([("deposit", 10), ("withdraw", 3)],), ([("withdraw", 5)],)),
        edges=(
            ([],),
            ([("deposit", 0)],),
            ([("deposit", 7), ("withdraw", 7)],),
            ([("withdraw", 5), ("deposit", 2)],),
            ([("deposit", 1000)] * 30 + [("withdraw", 1)] * 5,),
        ),
        generate=_draw_transactions,
    ),
    Draft(
        family="robot",
        difficulty="easy",
        tags=("strings", "tuples"),
        statement=(
            "A robot starts at (0, 0). Return its final position as a tuple (x, y) after moves, "
            "a string of U (y + 1), D (y - 1), L (x - 1) and R (x + 1)."
        ),
        reference="""
def robot_position(moves: str) -> tuple[int, int]:
    return moves.count("R") - moves.count("L"), moves.count("U") - moves.count("D")
""",
        wrong=(
            "def robot_position(moves):\n"
            "    return moves.count('U') - moves.count('D'), moves.count('R') - moves.count('L')\n",
            "def robot_position(moves):\n"
            "    return moves.count('R') - moves.count('L'), moves.count('D') - moves.count('U')\n",
            "def robot_position(moves):\n"
            "    return [moves.count('R') - moves.count('L'), moves.count('U') - moves.count('D')]\n",
        ),
        examples=(("UUR",), ("LD",)),
        edges=(("",), ("U",), ("L",), ("UDLR",), ("DDDL",), ("RU" * 50,)),
        generate=lambda rng: ("".join(rng.choices("UDLR", k=rng.randint(2, 12))),),
    ),
]
