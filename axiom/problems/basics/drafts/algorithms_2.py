"""Pascal's triangle, matrices, majorities, subarrays, coins, postfix, islands and intervals."""

import random

from axiom.problems.basics.authoring import Args, Draft


def _draw_matrix(rng: random.Random) -> Args:
    size = rng.randint(2, 4)
    return ([[rng.randint(-9, 9) for _ in range(size)] for _ in range(size)],)


def _draw_postfix(rng: random.Random) -> Args:
    tokens: list[str] = []
    numbers, depth = rng.randint(2, 5), 0
    while numbers > 0 or depth > 1:
        if numbers > 0 and (depth < 2 or rng.random() < 0.6):
            tokens.append(str(rng.randint(-3, 9)))
            numbers, depth = numbers - 1, depth + 1
        else:
            tokens.append(rng.choice("+-*"))
            depth -= 1
    return (tokens,)


def _draw_grid(rng: random.Random) -> Args:
    rows, columns = rng.randint(2, 5), rng.randint(2, 5)
    return ([[rng.randint(0, 1) for _ in range(columns)] for _ in range(rows)],)


def _draw_intervals(rng: random.Random) -> Args:
    starts = [rng.randint(-10, 10) for _ in range(2)]
    first, second = ((start, start + rng.randint(1, 12)) for start in starts)
    return first, second


DRAFTS = [
    Draft(
        family="pascal",
        difficulty="medium",
        tags=("lists", "combinatorics"),
        statement="Return row n of Pascal's triangle as a list of integers, where row 0 is [1] and row 1 is [1, 1].",
        reference="""
def pascal_row(n: int) -> list[int]:
    row = [1]
    for _ in range(n):
        row = [1] + [row[i] + row[i + 1] for i in range(len(row) - 1)] + [1]
    return row
""",
        wrong=(
            "def pascal_row(n):\n    return [int(digit) for digit in str(11**n)]\n",
            """
def pascal_row(n):
    row = [1]
    for _ in range(n - 1):
        row = [1] + [row[i] + row[i + 1] for i in range(len(row) - 1)] + [1]
    return row
""",
            """
def pascal_row(n):
    rows = [[1]]
    for _ in range(n):
        last = rows[-1]
        rows.append([1] + [last[i] + last[i + 1] for i in range(len(last) - 1)] + [1])
    return rows
""",
        ),
        examples=((2,), (4,)),
        edges=((0,), (1,), (3,), (5,), (10,), (40,)),
        generate=lambda rng: (rng.randint(6, 30),),
    ),
    Draft(
        family="diagonals",
        difficulty="easy",
        tags=("matrices",),
        statement=(
            "Return the sum of the numbers on the diagonal of the square matrix from top left to bottom right; "
            "an empty matrix gives 0."
        ),
        reference="""
def diagonal_sum(matrix: list[list[int]]) -> int:
    return sum(matrix[i][i] for i in range(len(matrix)))
""",
        wrong=(
            "def diagonal_sum(matrix):\n    return sum(row[-1 - i] for i, row in enumerate(matrix))\n",
            "def diagonal_sum(matrix):\n    return sum(sum(row) for row in matrix)\n",
            "def diagonal_sum(matrix):\n    return sum(matrix[i][i] for i in range(len(matrix) - 1))\n",
            "def diagonal_sum(matrix):\n    return [matrix[i][i] for i in range(len(matrix))]\n",
        ),
        examples=(([[1, 2], [3, 4]],), ([[1, 0, 5], [0, 2, 0], [7, 0, 3]],)),
        edges=(
            ([],),
            ([[5]],),
            ([[0, 1], [1, 0]],),
            ([[-1, 2], [3, -4]],),
            ([[2, 2, 2], [2, 2, 2], [2, 2, 2]],),
            ([[r * c for c in range(12)] for r in range(12)],),
        ),
        generate=_draw_matrix,
    ),
    Draft(
        family="majority",
        difficulty="medium",
        tags=("lists", "counting"),
        statement="Return the number that makes up more than half of the items of nums, or None if there is none.",
        reference="""
def majority_element(nums: list[int]) -> int | None:
    for number in set(nums):
        if 2 * nums.count(number) > len(nums):
            return number
    return None
""",
        wrong=(
            "def majority_element(nums):\n    return max(set(nums), key=nums.count) if nums else None\n",
            """
def majority_element(nums):
    for number in sorted(nums):
        if nums.count(number) >= len(nums) / 2:
            return number
    return None
""",
            """
def majority_element(nums):
    for number in nums:
        if nums.count(number) > len(nums) / 2:
            return nums.count(number)
    return None
""",
        ),
        examples=(([3, 3, 1],), ([1, 2, 3],)),
        edges=(
            ([],),
            ([7],),
            ([1, 2],),
            ([5, 5, 6, 6],),
            ([0, 0, 0, 1],),
            ([-1, 4, -1, 4, -1],),
            ([2, 2, 1, 3],),
            ([8] * 31 + [9] * 30,),
        ),
        generate=lambda rng: (rng.choices([4, 7, 2], weights=[4, 2, 1], k=rng.randint(2, 9)),),
    ),
    Draft(
        family="subarrays",
        difficulty="medium",
        tags=("lists", "dynamic programming"),
        statement="Return the largest sum of one or more neighbouring items of the non-empty list nums.",
        reference="""
def max_subarray_sum(nums: list[int]) -> int:
    best = ending_here = nums[0]
    for number in nums[1:]:
        ending_here = max(number, ending_here + number)
        best = max(best, ending_here)
    return best
""",
        wrong=(
            """
def max_subarray_sum(nums):
    best = current = 0
    for number in nums:
        current = max(0, current + number)
        best = max(best, current)
    return best
""",
            "def max_subarray_sum(nums):\n    return sum(n for n in nums if n > 0)\n",
            "def max_subarray_sum(nums):\n    return max(sum(nums[:i]) for i in range(1, len(nums) + 1))\n",
        ),
        examples=(([1, -2, 3, 4, -1],), ([2, -1, 2],)),
        edges=(([5],), ([-5],), ([-3, -1, -2],), ([0, 0],), ([4, -10, 4, 4],), ([1, 2, 3],), ([3, -1] * 40,)),
        generate=lambda rng: ([rng.randint(-9, 9) for _ in range(rng.randint(3, 9))],),
    ),
    Draft(
        family="coins",
        difficulty="medium",
        tags=("dynamic programming",),
        statement=(
            "Return the smallest number of coins that add up to amount, or -1 if it cannot be done; "
            "each value in the list coins may be used any number of times."
        ),
        reference="""
def min_coins(coins: list[int], amount: int) -> int:
    fewest = [0] + [amount + 1] * amount
    for total in range(1, amount + 1):
        for coin in coins:
            if coin <= total:
                fewest[total] = min(fewest[total], fewest[total - coin] + 1)
    return fewest[amount] if fewest[amount] <= amount else -1
""",
        wrong=(
            """
def min_coins(coins, amount):
    count = 0
    for coin in sorted(coins, reverse=True):
        count += amount // coin
        amount %= coin
    return count if amount == 0 else -1
""",
            """
def min_coins(coins, amount):
    fewest = [0] + [amount + 1] * amount
    for total in range(1, amount + 1):
        for coin in coins:
            if coin <= total:
                fewest[total] = min(fewest[total], fewest[total - coin] + 1)
    return fewest[amount]
""",
            """
def min_coins(coins, amount):
    ways = [1] + [0] * amount
    for coin in coins:
        for total in range(coin, amount + 1):
            ways[total] += ways[total - coin]
    return ways[amount] or -1
""",
        ),
        examples=(([1, 2, 5], 11), ([2], 3)),
        edges=(
            ([1, 5], 0),
            ([], 4),
            ([7], 7),
            ([5, 10], 3),
            ([1, 3, 4], 6),
            ([4, 3, 1], 10),
            ([1, 5, 10, 25], 999),
        ),
        generate=lambda rng: (rng.sample(range(2, 12), k=3), rng.randint(5, 40)),
    ),
    Draft(
        family="postfix",
        difficulty="medium",
        tags=("stacks", "parsing"),
        statement=(
            "Return the value of a postfix expression such as 3 4 + 2 *, given as a list of string tokens; "
            "each token is an integer or one of the operators +, - and *."
        ),
        reference="""
def evaluate_rpn(tokens: list[str]) -> int:
    stack: list[int] = []
    for token in tokens:
        if token in ("+", "-", "*"):
            right, left = stack.pop(), stack.pop()
            if token == "+":
                stack.append(left + right)
            elif token == "-":
                stack.append(left - right)
            else:
                stack.append(left * right)
        else:
            stack.append(int(token))
    return stack[-1]
""",
        wrong=(
            """
def evaluate_rpn(tokens):
    stack = []
    for token in tokens:
        if token in "+-*":
            a, b = stack.pop(), stack.pop()
            stack.append(a + b if token == "+" else a - b if token == "-" else a * b)
        else:
            stack.append(int(token))
    return stack[0]
""",
            """
def evaluate_rpn(tokens):
    stack = []
    for token in tokens:
        if token.isdigit():
            stack.append(int(token))
        else:
            b, a = stack.pop(), stack.pop()
            stack.append(a + b if token == "+" else a - b if token == "-" else a * b)
    return stack[0]
""",
            "def evaluate_rpn(tokens):\n    return eval(' '.join(tokens))\n",
        ),
        examples=((["3", "4", "+", "2", "*"],), (["9", "5", "-"],)),
        edges=(
            (["7"],),
            (["-4"],),
            (["0", "5", "*"],),
            (["2", "9", "-"],),
            (["10", "-3", "+"],),
            (["1", "2", "3", "*", "-"],),
            (["1"] + ["2", "*"] * 20,),
        ),
        generate=_draw_postfix,
    ),
    Draft(
        family="islands",
        difficulty="medium",
        tags=("grids", "search"),
        statement=(
            "Return the number of islands in the grid of zeros and ones, where an island is a group of ones "
            "connected horizontally or vertically."
        ),
        reference="""
def count_islands(grid: list[list[int]]) -> int:
    land = {(r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell == 1}
    islands = 0
    while land:
        islands += 1
        stack = [land.pop()]
        while stack:
            r, c = stack.pop()
            for cell in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                if cell in land:
                    land.remove(cell)
                    stack.append(cell)
    return islands
""",
        wrong=(
            """
def count_islands(grid):
    land = {(r, c) for r, row in enumerate(grid) for c, cell in enumerate(row) if cell == 1}
    islands = 0
    while land:
        islands += 1
        stack = [land.pop()]
        while stack:
            r, c = stack.pop()
            near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & land
            land -= near
            stack += near
    return islands
""",
            "def count_islands(grid):\n    return sum(sum(row) for row in grid)\n",
            """
def count_islands(grid):
    count = 0
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell and not (r and grid[r - 1][c]) and not (c and row[c - 1]):
                count += 1
    return count
""",
        ),
        examples=(([[1, 1, 0], [0, 0, 0], [0, 1, 1]],), ([[1, 0], [0, 1]],)),
        edges=(
            ([],),
            ([[0]],),
            ([[1]],),
            ([[1, 0, 1, 1, 0, 1]],),
            ([[1, 1], [1, 1]],),
            ([[0, 0, 1], [0, 0, 1], [1, 1, 1]],),
            ([[(r + c) % 2 for c in range(12)] for r in range(12)],),
        ),
        generate=_draw_grid,
    ),
    Draft(
        family="overlap",
        difficulty="easy",
        tags=("intervals", "tuples"),
        statement=(
            "Return the length of the overlap of the closed intervals a and b, each given as (start, end), "
            "or 0 if they do not overlap."
        ),
        reference="""
def overlap_length(a: tuple[int, int], b: tuple[int, int]) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))
""",
        wrong=(
            "def overlap_length(a, b):\n    return min(a[1], b[1]) - max(a[0], b[0])\n",
            "def overlap_length(a, b):\n    return max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1)\n",
            "def overlap_length(a, b):\n    return max(0, a[1] - b[0])\n",
        ),
        examples=(((1, 5), (3, 8)), ((0, 2), (5, 6))),
        edges=(
            ((1, 3), (3, 6)),
            ((2, 2), (0, 5)),
            ((0, 10), (4, 6)),
            ((4, 6), (4, 6)),
            ((-8, -3), (-5, 1)),
            ((5, 9), (1, 6)),
            ((0, 10**6), (10**5, 10**7)),
        ),
        generate=_draw_intervals,
    ),
]
