"""Digits, divisors, primes and common divisors of whole numbers."""

import random

from axiom.problems.basics.authoring import Draft


def _draw_prime_or_not(rng: random.Random) -> tuple[int]:
    primes = (5, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97)
    return (rng.choice(primes) if rng.random() < 0.5 else rng.choice(primes[:8]) * rng.choice((2, 3, 5, 7, 11)),)


def _draw_multiples(rng: random.Random) -> tuple[int, int]:
    shared = rng.randint(1, 12)
    return shared * rng.randint(1, 15), shared * rng.randint(1, 15)


DRAFTS = [
    Draft(
        family="digits",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement="Return the sum of the decimal digits of the integer n, ignoring its sign.",
        reference="""
def digit_sum(n: int) -> int:
    return sum(int(digit) for digit in str(abs(n)))
""",
        wrong=(
            "def digit_sum(n):\n    return sum(int(d) for d in str(n))\n",
            "def digit_sum(n):\n    return len(str(abs(n)))\n",
            "def digit_sum(n):\n    return abs(n) % 10 + abs(n) // 10\n",
        ),
        examples=((123,), (40,)),
        edges=((0,), (7,), (-25,), (999,), (10**15,), (-90817263,)),
        generate=lambda rng: (rng.randint(-2000, 99999),),
    ),
    Draft(
        family="digits",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement="Return how many decimal digits the integer n has, not counting a minus sign; 0 has one digit.",
        reference="""
def count_digits(n: int) -> int:
    return len(str(abs(n)))
""",
        wrong=(
            "def count_digits(n):\n    return len(str(n))\n",
            "def count_digits(n):\n    return len(set(str(abs(n))))\n",
            "def count_digits(n):\n    c = 0\n    while n > 0:\n        c += 1\n        n //= 10\n    return c\n",
        ),
        examples=((345,), (20,)),
        edges=((0,), (9,), (10,), (-7,), (-1000,), (10**15,)),
        generate=lambda rng: (rng.randint(-(10 ** rng.randint(1, 5)), 10 ** rng.randint(1, 9)),),
    ),
    Draft(
        family="digits",
        difficulty="easy",
        tags=("numbers", "digits"),
        statement="Return the integer whose digits are those of the non-negative integer n in reverse order.",
        reference="""
def reverse_digits(n: int) -> int:
    return int(str(n)[::-1])
""",
        wrong=(
            "def reverse_digits(n):\n    return str(n)[::-1]\n",
            "def reverse_digits(n):\n    return int(''.join(sorted(str(n), reverse=True)))\n",
            "def reverse_digits(n):\n    return int(str(n)[:0:-1])\n",
        ),
        examples=((123,), (120,)),
        edges=((0,), (5,), (10,), (1000,), (1221,), (1234567890,)),
        generate=lambda rng: (rng.randint(11, 99999),),
    ),
    Draft(
        family="divisors",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of all positive divisors of the positive integer n, from smallest to largest.",
        reference="""
def divisors(n: int) -> list[int]:
    return [number for number in range(1, n + 1) if n % number == 0]
""",
        wrong=(
            "def divisors(n):\n    return [i for i in range(1, n) if n % i == 0]\n",
            "def divisors(n):\n    return [i for i in range(2, n + 1) if n % i == 0]\n",
            "def divisors(n):\n    return len([i for i in range(1, n + 1) if n % i == 0])\n",
        ),
        examples=((6,), (10,)),
        edges=((1,), (2,), (13,), (36,), (97,), (1000,)),
        generate=lambda rng: (rng.randint(3, 120),),
    ),
    Draft(
        family="divisors",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement=(
            "Return True if the positive integer n is a perfect number, which means that it equals the sum of its "
            "positive divisors other than n itself, otherwise False."
        ),
        reference="""
def is_perfect_number(n: int) -> bool:
    return sum(number for number in range(1, n) if n % number == 0) == n
""",
        wrong=(
            "def is_perfect_number(n):\n    return sum(i for i in range(1, n + 1) if n % i == 0) == n\n",
            "def is_perfect_number(n):\n    return sum(i for i in range(2, n) if n % i == 0) == n\n",
            "def is_perfect_number(n):\n    return sum(i for i in range(1, n) if n % i == 0) >= n\n",
        ),
        examples=((28,), (10,)),
        edges=((1,), (2,), (6,), (12,), (24,), (496,), (8128,), (5000,)),
        generate=lambda rng: (rng.randint(3, 200),),
    ),
    Draft(
        family="primes",
        difficulty="easy",
        tags=("numbers", "conditions"),
        statement="Return True if the integer n is a prime number, otherwise False. Numbers below 2 are not prime.",
        reference="""
def is_prime(n: int) -> bool:
    if n < 2:
        return False
    return all(n % divisor != 0 for divisor in range(2, int(n**0.5) + 1))
""",
        wrong=(
            "def is_prime(n):\n    return all(n % d != 0 for d in range(2, n))\n",
            "def is_prime(n):\n    return n > 1 and all(n % d != 0 for d in range(2, int(n**0.5)))\n",
            "def is_prime(n):\n    return n == 2 or (n > 1 and n % 2 == 1)\n",
        ),
        examples=((7,), (8,)),
        edges=((0,), (1,), (2,), (3,), (-5,), (9,), (7919,), (7921,)),
        generate=_draw_prime_or_not,
    ),
    Draft(
        family="primes",
        difficulty="easy",
        tags=("numbers", "lists"),
        statement="Return a list of all prime numbers up to and including n, in increasing order.",
        reference="""
def primes_up_to(n: int) -> list[int]:
    primes: list[int] = []
    for number in range(2, n + 1):
        if all(number % prime != 0 for prime in primes):
            primes.append(number)
    return primes
""",
        wrong=(
            "def primes_up_to(n):\n    return [k for k in range(2, n) if all(k % d != 0 for d in range(2, k))]\n",
            "def primes_up_to(n):\n    return [k for k in range(1, n + 1) if all(k % d != 0 for d in range(2, k))]\n",
            "def primes_up_to(n):\n    return [k for k in range(2, n + 1) if k == 2 or k % 2 == 1]\n",
        ),
        examples=((5,), (10,)),
        edges=((0,), (1,), (2,), (3,), (-5,), (9,), (31,), (300,)),
        generate=lambda rng: (rng.randint(4, 120),),
    ),
    Draft(
        family="gcd",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the greatest common divisor of the non-negative integers a and b. For a and 0 it is a.",
        reference="""
def gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a
""",
        wrong=(
            "def gcd(a, b):\n    return min(a, b)\n",
            "def gcd(a, b):\n    return a % b\n",
            "def gcd(a, b):\n    return next((d for d in range(min(a, b) - 1, 0, -1) if a % d == b % d == 0), 1)\n",
        ),
        examples=((12, 18), (7, 5)),
        edges=((8, 0), (0, 8), (1, 1), (9, 9), (5, 20), (13, 27), (123456, 7890)),
        generate=_draw_multiples,
    ),
    Draft(
        family="gcd",
        difficulty="easy",
        tags=("numbers",),
        statement="Return the least common multiple of the positive integers a and b.",
        reference="""
def lcm(a: int, b: int) -> int:
    multiple = a
    while multiple % b != 0:
        multiple += a
    return multiple
""",
        wrong=(
            "def lcm(a, b):\n    return a * b\n",
            "def lcm(a, b):\n    return max(a, b)\n",
            "def lcm(a, b):\n    return next(d for d in range(min(a, b), 0, -1) if a % d == 0 and b % d == 0)\n",
        ),
        examples=((4, 6), (3, 5)),
        edges=((1, 1), (1, 9), (7, 7), (5, 20), (20, 5), (1000, 750)),
        generate=_draw_multiples,
    ),
]
