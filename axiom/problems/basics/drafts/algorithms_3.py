"""Prices, runs, grids, subsets, boards, spirals and jumps."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_ints(rng: random.Random, least: int, most: int, low: int = -9, high: int = 9) -> list[int]:
    return [rng.randint(low, high) for _ in range(rng.randint(least, most))]


def _draw_pivot(rng: random.Random) -> Args:
    left, right = _draw_ints(rng, 0, 4), _draw_ints(rng, 1, 4)
    if rng.random() < 0.6:
        right.append(sum(left) - sum(right))
    return ([*left, rng.randint(-9, 9), *right],)


def _draw_board(rng: random.Random) -> Args:
    order = rng.sample(range(9), rng.randint(5, 9))
    cells = ["."] * 9
    lines = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
    for turn, cell in enumerate(order):
        cells[cell] = "XO"[turn % 2]
        if any(cells[a] == cells[b] == cells[c] != "." for a, b, c in lines):
            break
    return (["".join(cells[row : row + 3]) for row in (0, 3, 6)],)


def _draw_matrix(rng: random.Random) -> Args:
    columns = rng.randint(1, 5)
    return ([_draw_ints(rng, columns, columns, 0, 99) for _ in range(rng.randint(1, 5))],)


DRAFTS = [
    Draft(
        family="trading",
        difficulty="medium",
        tags=("lists", "greedy"),
        statement=(
            "Return the largest profit from buying once and selling once on a later day; prices lists the price of "
            "each day. Return 0 if no profit is possible."
        ),
        reference="""
def max_profit(prices: list[int]) -> int:
    best = 0
    for index, price in enumerate(prices):
        best = max(best, price - min(prices[: index + 1]))
    return best
""",
        wrong=(
            "def max_profit(prices):\n    return max(prices) - min(prices) if prices else 0\n",
            "def max_profit(prices):\n    return max(b - a for a, b in zip(prices, prices[1:]))\n",
            "def max_profit(prices):\n    return sum(max(b - a, 0) for a, b in zip(prices, prices[1:]))\n",
        ),
        examples=(([7, 1, 5, 3, 6, 4],), ([5, 4, 2],)),
        edges=(([],), ([3],), ([2, 2, 2],), ([1, 9],), ([9, 1],), ([3, 8, 1, 4],), ([*list(range(60, 0, -1)), 30],)),
        generate=lambda rng: (_draw_ints(rng, 3, 9, 1, 30),),
    ),
    Draft(
        family="runs",
        difficulty="medium",
        tags=("lists",),
        statement=(
            "Return the length of the longest run of neighbouring numbers in nums in which each number is larger "
            "than the one before. Return 0 for an empty list."
        ),
        reference="""
def longest_increasing_run(nums: list[int]) -> int:
    best = current = 0
    for index, number in enumerate(nums):
        current = current + 1 if index > 0 and number > nums[index - 1] else 1
        best = max(best, current)
    return best
""",
        wrong=(
            "def longest_increasing_run(nums):\n    best = run = 1\n    for a, b in zip(nums, nums[1:]):\n"
            "        run = run + 1 if b > a else 1\n        best = max(best, run)\n    return best\n",
            "def longest_increasing_run(nums):\n    best = run = min(len(nums), 1)\n"
            "    for a, b in zip(nums, nums[1:]):\n        run = run + 1 if b >= a else 1\n"
            "        best = max(best, run)\n    return best\n",
            "def longest_increasing_run(nums):\n    run = min(len(nums), 1)\n"
            "    for a, b in zip(nums, nums[1:]):\n        run = run + 1 if b > a else 1\n    return run\n",
        ),
        examples=(([1, 2, 3, 1, 2],), ([5, 4, 3],)),
        edges=(([],), ([7],), ([2, 2, 2],), ([-3, -2, 0],), ([1, 3, 3, 4, 5],), ([4, 1, 2, 3],), (list(range(80)),)),
        generate=lambda rng: (_draw_ints(rng, 3, 12),),
    ),
    Draft(
        family="grid_paths",
        difficulty="medium",
        tags=("grids", "dynamic programming"),
        statement=(
            "Return how many paths lead from the top left cell to the bottom right cell of a grid with rows rows "
            "and cols columns, moving only right or down. rows and cols are at least 1."
        ),
        reference="""
def unique_paths(rows: int, cols: int) -> int:
    paths = [1] * cols
    for _ in range(rows - 1):
        for column in range(1, cols):
            paths[column] += paths[column - 1]
    return paths[-1]
""",
        wrong=(
            "def unique_paths(rows, cols):\n    return rows * cols\n",
            "import math\n\n\ndef unique_paths(rows, cols):\n    return math.comb(rows + cols, rows)\n",
            "def unique_paths(rows, cols):\n    return 2 ** (rows + cols - 2)\n",
        ),
        examples=((2, 2), (3, 3)),
        edges=((1, 1), (1, 7), (5, 1), (2, 3), (3, 2), (3, 7), (18, 20)),
        generate=lambda rng: (rng.randint(2, 10), rng.randint(2, 10)),
    ),
    Draft(
        family="non_adjacent",
        difficulty="medium",
        tags=("lists", "dynamic programming"),
        statement=(
            "Return the largest sum of numbers chosen from nums so that no two of them are neighbours in the list. "
            "Choosing none is allowed and gives 0."
        ),
        reference="""
def max_non_adjacent_sum(nums: list[int]) -> int:
    without_last = best = 0
    for number in nums:
        without_last, best = best, max(best, without_last + number)
    return best
""",
        wrong=(
            "def max_non_adjacent_sum(nums):\n    return max(sum(nums[::2]), sum(nums[1::2]))\n",
            "def max_non_adjacent_sum(nums):\n    return sum(n for n in nums if n > 0)\n",
            "def max_non_adjacent_sum(nums):\n    return sum(sorted(nums)[-((len(nums) + 1) // 2):])\n",
        ),
        examples=(([2, 7, 9, 3],), ([5, 1, 1, 5],)),
        edges=(([],), ([4],), ([-3],), ([-1, -2, -3],), ([4, 4, 4, 4],), ([1, 9, 1],), (list(range(60)),)),
        generate=lambda rng: (_draw_ints(rng, 3, 10, -5, 20),),
    ),
    Draft(
        family="subsets",
        difficulty="medium",
        tags=("lists", "recursion"),
        statement=(
            "Return all subsets of the distinct numbers nums as a list of lists, with the empty list and nums itself. "
            "Any order is accepted."
        ),
        reference="""
def subsets(nums: list[int]) -> list[list[int]]:
    found: list[list[int]] = [[]]
    for number in nums:
        found += [[*subset, number] for subset in found]
    return found
""",
        wrong=(
            "def subsets(nums):\n    n = len(nums)\n"
            "    return [[]] + [nums[i:j] for i in range(n) for j in range(i + 1, n + 1)]\n",
            "def subsets(nums):\n    found = []\n    for n in nums:\n"
            "        found += [s + [n] for s in found] + [[n]]\n    return found\n",
            "def subsets(nums):\n    return [[]] + [[n] for n in nums] + [nums]\n",
        ),
        examples=(([1, 2],), ([5],)),
        edges=(([],), ([0],), ([3, 1],), ([-1, 0, 1],), ([4, 3, 2, 1],), ([1, 2, 3, 4, 5, 6],)),
        generate=lambda rng: (rng.sample(range(-20, 40), rng.randint(2, 4)),),
        compare="unordered_nested",
    ),
    Draft(
        family="pivot",
        difficulty="medium",
        tags=("lists",),
        statement=(
            "Return the first index of nums for which the sum of all numbers to its left equals the sum of all numbers "
            "to its right, or -1 if there is none. The sum of no numbers is 0."
        ),
        reference="""
def pivot_index(nums: list[int]) -> int:
    for index in range(len(nums)):
        if sum(nums[:index]) == sum(nums[index + 1 :]):
            return index
    return -1
""",
        wrong=(
            "def pivot_index(nums):\n    for i in range(len(nums)):\n        if sum(nums[:i]) == sum(nums[i:]):\n"
            "            return i\n    return -1\n",
            "def pivot_index(nums):\n    for i in range(1, len(nums) - 1):\n"
            "        if sum(nums[:i]) == sum(nums[i + 1:]):\n            return i\n    return -1\n",
            "def pivot_index(nums):\n    for i in range(len(nums)):\n        if sum(nums[:i]) == sum(nums[i + 1:]):\n"
            "            return i\n",
        ),
        examples=(([1, 7, 3, 6, 5, 6],), ([1, 2, 3],)),
        edges=(([],), ([5],), ([2, 1, -1],), ([-1, 1, 4],), ([0, 0, 0],), ([3, 3],), ([1] * 81,)),
        generate=_draw_pivot,
    ),
    Draft(
        family="tic_tac_toe",
        difficulty="medium",
        tags=("strings", "grids"),
        statement=(
            'Return "X" or "O", whichever fills a row, a column or a diagonal of the board, or "" if neither does. '
            "board is a list of three strings of X, O and . for an empty cell."
        ),
        reference="""
def tic_tac_toe_winner(board: list[str]) -> str:
    lines = list(board)
    lines += ["".join(row[column] for row in board) for column in range(3)]
    lines += ["".join(board[i][i] for i in range(3)), "".join(board[i][2 - i] for i in range(3))]
    for player in ("X", "O"):
        if player * 3 in lines:
            return player
    return ""
""",
        wrong=(
            "def tic_tac_toe_winner(board):\n    lines = board + [''.join(column) for column in zip(*board)]\n"
            "    return 'X' if 'XXX' in lines else 'O' if 'OOO' in lines else ''\n",
            "def tic_tac_toe_winner(board):\n    for row in board:\n        if row[0] == row[1] == row[2]:\n"
            "            return row[0]\n    return ''\n",
            "def tic_tac_toe_winner(board):\n    lines = board + [''.join(column) for column in zip(*board)]\n"
            "    lines.append(''.join(board[i][i] for i in range(3)))\n"
            "    return 'X' if 'XXX' in lines else 'O' if 'OOO' in lines else ''\n",
        ),
        examples=((["XXX", "OO.", "..."],), (["XO.", "XO.", ".OX"],), (["XOX", "...", ".O."],)),
        edges=(
            (["...", "...", "..."],),
            (["X..", "OX.", "O.X"],),
            (["XXO", "XO.", "O.."],),
            (["XOX", "XOO", "OXX"],),
            ([".O.", "XXX", "O.."],),
            (["X.O", "XXO", "..O"],),
            (["XOX", "OXO", "XOX"],),
        ),
        generate=_draw_board,
    ),
    Draft(
        family="spiral",
        difficulty="medium",
        tags=("matrices", "lists"),
        statement=(
            "Return all numbers of matrix in spiral order: along the top row to the right, down the last column, back "
            "along the bottom row, up the first column, and so on inwards. Return [] for an empty matrix."
        ),
        reference="""
def spiral_order(matrix: list[list[int]]) -> list[int]:
    order: list[int] = []
    rest = [list(row) for row in matrix]
    while rest:
        order += rest[0]
        rest = [list(column) for column in zip(*rest[1:])][::-1]
    return order
""",
        wrong=(
            "def spiral_order(matrix):\n    return [n for row in matrix for n in row]\n",
            "def spiral_order(matrix):\n    order = []\n    for i, row in enumerate(matrix):\n"
            "        order += row if i % 2 == 0 else row[::-1]\n    return order\n",
            "def spiral_order(matrix):\n    order = []\n    while matrix:\n        order += matrix[0]\n"
            "        matrix = [list(c)[::-1] for c in zip(*matrix[1:])]\n    return order\n",
        ),
        examples=(([[1, 2], [3, 4]],), ([[1, 2, 3], [4, 5, 6], [7, 8, 9]],)),
        edges=(
            ([],),
            ([[5]],),
            ([[1, 2, 3]],),
            ([[1], [2], [3]],),
            ([[1, 2], [3, 4], [5, 6]],),
            ([[1, 2, 3, 4], [5, 6, 7, 8]],),
            ([[row * 10 + column for column in range(10)] for row in range(8)],),
        ),
        generate=_draw_matrix,
    ),
    Draft(
        family="next_greater",
        difficulty="medium",
        tags=("lists", "stacks"),
        statement=(
            "Return a list with, for each day of temps, the number of days until the next warmer day, "
            "or 0 if no later day is warmer."
        ),
        reference="""
def daily_temperatures(temps: list[int]) -> list[int]:
    waits = [0] * len(temps)
    waiting: list[int] = []
    for day, temp in enumerate(temps):
        while waiting and temps[waiting[-1]] < temp:
            earlier = waiting.pop()
            waits[earlier] = day - earlier
        waiting.append(day)
    return waits
""",
        wrong=(
            "def daily_temperatures(temps):\n    return [1 if b > a else 0 for a, b in zip(temps, temps[1:])] + [0]\n",
            "def daily_temperatures(temps):\n    return [next((j - i for j in range(i + 1, len(temps))"
            " if temps[j] >= t), 0) for i, t in enumerate(temps)]\n",
            "def daily_temperatures(temps):\n    return [next((j for j in range(i + 1, len(temps))"
            " if temps[j] > t), 0) for i, t in enumerate(temps)]\n",
        ),
        examples=(([20, 22, 19, 21],), ([15, 14, 13, 16],)),
        edges=(
            ([],),
            ([10],),
            ([5, 5, 5],),
            ([3, 2, 1],),
            ([-4, -6, -5, 0],),
            ([7, 7, 8],),
            ([*list(range(50, 0, -1)), 60],),
        ),
        generate=lambda rng: (_draw_ints(rng, 3, 10, -5, 30),),
    ),
    Draft(
        family="jumps",
        difficulty="medium",
        tags=("lists", "greedy"),
        statement=(
            "You stand at index 0 of nums, and from index i you may jump forward by 1 up to nums[i] places. "
            "Return True if you can reach the last index, else False; nums is not empty and has no negative numbers."
        ),
        reference="""
def can_jump(nums: list[int]) -> bool:
    reach = 0
    for index, number in enumerate(nums):
        if index > reach:
            return False
        reach = max(reach, index + number)
    return True
""",
        wrong=(
            "def can_jump(nums):\n    return 0 not in nums[:-1]\n",
            "def can_jump(nums):\n    i = 0\n    while i < len(nums) - 1 and nums[i] > 0:\n        i += nums[i]\n"
            "    return i >= len(nums) - 1\n",
            "def can_jump(nums):\n    return sum(nums) >= len(nums) - 1\n",
        ),
        examples=(([2, 3, 1, 1, 4],), ([3, 2, 1, 0, 4],)),
        edges=(([0],), ([0, 1],), ([1, 0],), ([2, 3, 0, 0, 9],), ([1, 1, 0, 1],), ([3, 0, 0, 0, 9],), ([1] * 100,)),
        generate=lambda rng: (_draw_ints(rng, 3, 8, 0, 3),),
    ),
]
