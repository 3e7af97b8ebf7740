"""Sums, products, powers, Fibonacci numbers and counting up."""

import random

from axiom.problems.basics.authoring import Draft


def _draw_power_or_not(rng: random.Random) -> tuple[int]:
    power = 2 ** rng.randint(1, 20)
    return (power if rng.random() < 0.5 else power + 2 * rng.randint(1, 5),)


DRAFTS = [
    Draft(
        family="sums",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return the sum of all numbers in the list nums, or 0 if it is empty.",
        reference="""
def sum_list(nums: list[int]) -> int:
    return sum(nums)
""",
        wrong=(
            "def sum_list(nums):\n    total = 0\n    for n in nums:\n        total += n\n        return total\n",
            "def sum_list(nums):\n    total = 0\n    for n in nums:\n        total = n\n    return total\n",
            "def sum_list(nums):\n    return sum(nums[i] for i in range(len(nums) - 1))\n",
        ),
        examples=(([1, 2, 3],), ([10, -4],)),
        edges=(([],), ([0],), ([8],), ([-1, -2, -3],), ([5, 5, 5],), (list(range(200)),)),
        generate=lambda rng: ([rng.randint(-50, 50) for _ in range(rng.randint(1, 10))],),
    ),
    Draft(
        family="sums",
        difficulty="easy",
        tags=("numbers", "loops"),
        statement="Return the sum of the integers from 1 to n (n included), or 0 if n is less than 1.",
        reference="""
def sum_to_n(n: int) -> int:
    return sum(range(1, n + 1))
""",
        wrong=(
            "def sum_to_n(n):\n    return sum(range(1, n))\n",
            "def sum_to_n(n):\n    return n * (n + 1) // 2\n",
            "def sum_to_n(n):\n    return n + (n - 1) if n > 0 else 0\n",
        ),
        examples=((3,), (5,)),
        edges=((0,), (1,), (2,), (-1,), (-4,), (1000,)),
        generate=lambda rng: (rng.randint(3, 150),),
    ),
    Draft(
        family="sums",
        difficulty="easy",
        tags=("numbers", "loops"),
        statement="Return the sum of the squares of the integers from 1 to n, or 0 if n is 0.",
        reference="""
def sum_of_squares(n: int) -> int:
    return sum(number * number for number in range(1, n + 1))
""",
        wrong=(
            "def sum_of_squares(n):\n    return sum(i * i for i in range(1, n))\n",
            "def sum_of_squares(n):\n    return sum(range(1, n + 1)) ** 2\n",
            "def sum_of_squares(n):\n    return sum(i * 2 for i in range(1, n + 1))\n",
        ),
        examples=((2,), (3,)),
        edges=((0,), (1,), (4,), (10,), (1000,)),
        generate=lambda rng: (rng.randint(5, 120),),
    ),
    Draft(
        family="products",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return the product of all numbers in the list nums, or 1 if it is empty.",
        reference="""
def product_list(nums: list[int]) -> int:
    result = 1
    for number in nums:
        result *= number
    return result
""",
        wrong=(
            "def product_list(nums):\n    result = 0\n    for n in nums:\n        result *= n\n    return result\n",
            "def product_list(nums):\n    p = nums[0]\n    for n in nums[1:]:\n        p *= n\n    return p\n",
            "def product_list(nums):\n    return sum(nums)\n",
        ),
        examples=(([2, 3, 4],), ([5, -1],)),
        edges=(([],), ([7],), ([0],), ([3, 0, 2],), ([-2, -2, -2],), ([2] * 40,)),
        generate=lambda rng: ([rng.choice((-3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(rng.randint(2, 8))],),
    ),
    Draft(
        family="products",
        difficulty="easy",
        tags=("numbers", "loops"),
        statement="Return the factorial of n, the product of the integers from 1 to n. The factorial of 0 is 1.",
        reference="""
def factorial(n: int) -> int:
    result = 1
    for factor in range(2, n + 1):
        result *= factor
    return result
""",
        wrong=(
            "def factorial(n):\n    result = 1\n    for i in range(1, n):\n        result *= i\n    return result\n",
            "def factorial(n):\n    return n * (n - 1)\n",
            "def factorial(n):\n    result = n\n    for i in range(1, n):\n        result *= i\n    return result\n",
        ),
        examples=((3,), (5,)),
        edges=((0,), (1,), (2,), (4,), (10,), (50,)),
        generate=lambda rng: (rng.randint(6, 35),),
    ),
    Draft(
        family="powers",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement="Return True if the integer n is a power of two (1, 2, 4, 8 and so on), otherwise False.",
        reference="""
def is_power_of_two(n: int) -> bool:
    while n > 1 and n % 2 == 0:
        n //= 2
    return n == 1
""",
        wrong=(
            "def is_power_of_two(n):\n    return n % 2 == 0\n",
            "def is_power_of_two(n):\n    return n & (n - 1) == 0\n",
            "def is_power_of_two(n):\n    return n in (2, 4, 8, 16, 32, 64)\n",
        ),
        examples=((8,), (6,)),
        edges=((0,), (1,), (2,), (3,), (-4,), (2**40,), (2**40 + 2,)),
        generate=_draw_power_or_not,
    ),
    Draft(
        family="powers",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list with the cube of each number in nums, in the same order.",
        reference="""
def cube_all(nums: list[int]) -> list[int]:
    return [number**3 for number in nums]
""",
        wrong=(
            "def cube_all(nums):\n    return [n * 3 for n in nums]\n",
            "def cube_all(nums):\n    return [n * n for n in nums]\n",
            "def cube_all(nums):\n    return sum(n**3 for n in nums)\n",
        ),
        examples=(([1, 2, 3],), ([-2, 4],)),
        edges=(([],), ([0],), ([-1],), ([2, 2],), ([1000],), (list(range(50)),)),
        generate=lambda rng: ([rng.randint(-12, 12) for _ in range(rng.randint(1, 7))],),
    ),
    Draft(
        family="fibonacci",
        difficulty="easy",
        tags=("numbers", "loops"),
        statement=(
            "Return the n-th Fibonacci number: number 0 is 0, number 1 is 1, "
            "and each later one is the sum of the two before it."
        ),
        reference="""
def fibonacci(n: int) -> int:
    current, following = 0, 1
    for _ in range(n):
        current, following = following, current + following
    return current
""",
        wrong=(
            "def fibonacci(n):\n    a, b = 1, 1\n    for _ in range(n):\n        a, b = b, a + b\n    return a\n",
            "def fibonacci(n):\n    a, b = 0, 1\n    for _ in range(n - 1):\n        a, b = b, a + b\n    return a\n",
            "def fibonacci(n):\n    return n if n < 2 else (n - 1) + (n - 2)\n",
        ),
        examples=((3,), (6,)),
        edges=((0,), (1,), (2,), (5,), (7,), (20,)),
        generate=lambda rng: (rng.randint(4, 30),),
    ),
    Draft(
        family="fibonacci",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of the first n Fibonacci numbers, which begin 0, 1, 1, 2, 3, 5.",
        reference="""
def fibonacci_list(n: int) -> list[int]:
    numbers = [0, 1]
    while len(numbers) < n:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:n]
""",
        wrong=(
            "def fibonacci_list(n):\n    f = [0, 1]\n    while len(f) < n:\n        f += [sum(f[-2:])]\n    return f\n",
            "def fibonacci_list(n):\n    f = [1, 1]\n    while len(f) < n:\n        f += [sum(f[-2:])]\n    return f\n",
            "def fibonacci_list(n):\n    f = [0, 1]\n    while f[-1] < n:\n        f += [sum(f[-2:])]\n    return f\n",
        ),
        examples=((4,), (6,)),
        edges=((0,), (1,), (2,), (3,), (5,), (60,)),
        generate=lambda rng: (rng.randint(7, 40),),
    ),
    Draft(
        family="fizz_buzz",
        difficulty="easy",
        tags=("strings", "lists", "loops"),
        statement=(
            'Return a list of strings for the numbers 1 to n: "FizzBuzz" for multiples of both 3 and 5, "Fizz" for '
            'other multiples of 3, "Buzz" for other multiples of 5, and the number as a string for the rest.'
        ),
        reference="""
def fizz_buzz(n: int) -> list[str]:
    words = []
    for number in range(1, n + 1):
        word = "Fizz" * (number % 3 == 0) + "Buzz" * (number % 5 == 0)
        words.append(word or str(number))
    return words
""",
        wrong=(
            "def fizz_buzz(n):\n    return ['Fizz' * (not i % 3) + 'Buzz' * (not i % 5) or i for i in range(1, n+1)]\n",
            "def fizz_buzz(n):\n    return ['Fizz' * (not i % 3) + 'Buzz' * (not i % 5) or str(i) for i in range(n)]\n",
            "def fizz_buzz(n):\n    return ['FizzBuzz' if i % 15 == 0 else str(i) for i in range(1, n + 1)]\n",
        ),
        examples=((5,), (3,)),
        edges=((0,), (1,), (2,), (6,), (15,), (16,), (100,)),
        generate=lambda rng: (rng.randint(4, 45),),
    ),
]
