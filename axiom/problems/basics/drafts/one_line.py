"""Functions of one short line over numbers, lists and strings: what a model learns first.

A row gives family, signature, statement, the right expression, wrong ones, and the kind of each argument; examples,
edges and further inputs are drawn by kind.
"""

import itertools
import random
from collections.abc import Callable
from typing import Any

from axiom.problems.basics.authoring import Args, Draft

_WORDS = ("tree", "a", "Blue sky", "x1", "noon", "Zebra", "hello", "go go go", "7 days", "MiXed", "end.", "t o p")
_DRAW: dict[str, Callable[[random.Random], Any]] = {
    "int": lambda rng: rng.randint(-60, 60),
    "positive": lambda rng: rng.randint(1, 40),
    "half": lambda rng: rng.randint(-40, 40) / 2,
    "length": lambda rng: rng.randint(1, 60) / 2,
    "list": lambda rng: [rng.randint(-9, 9) for _ in range(rng.randint(0, 7))],
    "items": lambda rng: [rng.randint(-9, 9) for _ in range(rng.randint(2, 7))],
    "text": lambda rng: " ".join(rng.choice(_WORDS) for _ in range(rng.randint(1, 3))),
    "words": lambda rng: [rng.choice(_WORDS) for _ in range(rng.randint(1, 4))],
    "letter": lambda rng: rng.choice("aeoxy"),
}
_EDGES: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, -1, 10**9),
    "positive": (1, 2, 1000),
    "half": (0.0, 0.5, -2.5),
    "length": (0.5, 1.0, 100.0),
    "list": ([], [0], [5, 5, -3]),
    "items": ([1, 1], [0, -4, 7], [3, 2, 1, 0]),
    "text": ("", "a", "ape", "oak", "  X y "),
    "words": ([], ["one"], ["b", "a", "b"]),
    "letter": ("a", "z"),
}

_Row = tuple[str, str, str, str, str, tuple[str, ...]]

_ROWS: tuple[_Row, ...] = (
    ("doubling", "double_number(n: int) -> int", "Return n multiplied by 2.", "n * 2", "int", ("n + 2", "n ** 2")),
    ("doubling", "triple_number(n: int) -> int", "Return n multiplied by 3.", "n * 3", "int", ("n + 3", "n * 2")),
    ("successor", "add_one(n: int) -> int", "Return n plus 1.", "n + 1", "int", ("n - 1", "n")),
    ("successor", "subtract_ten(n: int) -> int", "Return n minus 10.", "n - 10", "int", ("10 - n", "n - 1")),
    ("square", "square_number(n: int) -> int", "Return the square of n.", "n * n", "int", ("n * 2", "abs(n)")),
    ("square", "cube_number(n: int) -> int", "Return n to the power of 3.", "n ** 3", "int", ("n * 3", "n ** 2")),
    ("addition", "add_numbers(a: int, b: int) -> int", "Return the sum of a and b.", "a + b", "int int",
     ("a - b", "a * b")),
    ("subtraction", "subtract_numbers(a: int, b: int) -> int", "Return a minus b.", "a - b", "int int",
     ("b - a", "abs(a - b)")),
    ("multiplication", "multiply_numbers(a: int, b: int) -> int", "Return the product of a and b.", "a * b",
     "int int", ("a + b", "a ** 2")),
    ("remainder", "remainder_of(a: int, b: int) -> int", "Return the remainder of a divided by b.", "a % b",
     "positive positive", ("a // b", "b % a")),
    ("remainder", "is_divisible(a: int, b: int) -> bool", "Return True if a is divisible by b, otherwise False.",
     "a % b == 0", "positive positive", ("a // b == 0", "b % a == 0")),
    ("opposite", "negate_number(n: int) -> int", "Return n with the opposite sign.", "-n", "int", ("abs(n)", "n")),
    ("opposite", "absolute_value(n: int) -> int", "Return the absolute value of n.", "abs(n)", "int", ("-n", "n")),
    ("larger", "larger_of(a: int, b: int) -> int", "Return the larger of a and b.", "max(a, b)", "int int",
     ("min(a, b)", "a")),
    ("larger", "smaller_of(a: int, b: int) -> int", "Return the smaller of a and b.", "min(a, b)", "int int",
     ("max(a, b)", "b")),
    ("comparison", "is_greater(a: int, b: int) -> bool", "Return True if a is greater than b, otherwise False.",
     "a > b", "int int", ("a >= 0", "a < b")),
    ("positivity", "is_positive(n: int) -> bool", "Return True if n is greater than 0, otherwise False.", "n > 0",
     "int", ("n >= 0", "n < 0")),
    ("oddness", "is_odd(n: int) -> bool", "Return True if n is an odd number, otherwise False.", "n % 2 == 1", "int",
     ("n % 2 == 0", "n > 0")),
    ("halving", "half_of(x: float) -> float", "Return x divided by 2.", "x / 2", "half", ("x * 2", "x // 2")),
    ("minutes", "hours_to_minutes(hours: int) -> int", "Return the number of minutes in the given hours.",
     "hours * 60", "positive", ("hours * 24", "hours * 3600")),
    ("minutes", "days_to_hours(days: int) -> int", "Return the number of hours in the given days.", "days * 24",
     "positive", ("days * 60", "days * 12")),
    ("metres", "metres_to_centimetres(metres: int) -> int", "Return the number of centimetres in the given metres.",
     "metres * 100", "positive", ("metres * 10", "metres * 1000")),
    ("cube_volume", "box_volume(a: int, b: int, c: int) -> int", "Return the volume of a box with sides a, b and c.",
     "a * b * c", "positive positive positive", ("a + b + c", "a * b + c")),
    ("square_area", "square_perimeter(side: float) -> float", "Return the perimeter of a square with this side.",
     "side * 4", "length", ("side * side", "side * 2")),
    ("list_length", "count_items(nums: list[int]) -> int", "Return the number of items in the list nums.",
     "len(nums)", "list", ("sum(nums)", "len(nums) - 1")),
    ("emptiness", "is_empty(nums: list[int]) -> bool", "Return True if the list nums is empty, otherwise False.",
     "len(nums) == 0", "list", ("len(nums) > 0", "len(nums) == 1")),
    ("first_item", "first_item(nums: list[int]) -> int", "Return the first item of the list nums.", "nums[0]",
     "items", ("nums[1]", "nums[-1]")),
    ("first_item", "second_item(nums: list[int]) -> int", "Return the second item of the list nums.", "nums[1]",
     "items", ("nums[0]", "nums[-1]")),
    ("final_item", "final_item(nums: list[int]) -> int", "Return the item at the end of the list nums.", "nums[-1]",
     "items", ("nums[0]", "len(nums)")),
    ("largest_item", "largest_item(nums: list[int]) -> int", "Return the largest number in the list nums.",
     "max(nums)", "items", ("min(nums)", "nums[0]")),
    ("largest_item", "smallest_item(nums: list[int]) -> int", "Return the smallest number in the list nums.",
     "min(nums)", "items", ("max(nums)", "nums[-1]")),
    ("range_of", "spread(nums: list[int]) -> int",
     "Return the difference between the largest and the smallest number in the list nums.", "max(nums) - min(nums)",
     "items", ("max(nums)", "nums[-1] - nums[0]")),
    ("appending", "append_item(nums: list[int], n: int) -> list[int]", "Return a new list: nums with n at its end.",
     "nums + [n]", "list int", ("[n] + nums", "nums")),
    ("prepending", "put_in_front(nums: list[int], n: int) -> list[int]",
     "Return a new list: n followed by the items of nums.", "[n] + nums", "list int", ("nums + [n]", "nums")),
    ("ascending", "sort_numbers(nums: list[int]) -> list[int]",
     "Return a new list with nums sorted from smallest to largest.", "sorted(nums)", "list",
     ("nums", "sorted(set(nums))")),
    ("doubled_list", "double_all(nums: list[int]) -> list[int]", "Return a list with each number of nums doubled.",
     "[n * 2 for n in nums]", "list", ("nums * 2", "[n + 2 for n in nums]")),
    ("incremented", "add_to_all(nums: list[int], k: int) -> list[int]",
     "Return a list with k added to each number of nums.", "[n + k for n in nums]", "list int",
     ("nums + [k]", "[n * k for n in nums]")),
    ("squares_list", "square_all(nums: list[int]) -> list[int]",
     "Return a list with the square of each number of nums.", "[n * n for n in nums]", "list",
     ("[n * 2 for n in nums]", "nums")),
    ("tail", "without_first(nums: list[int]) -> list[int]", "Return a list of all items of nums but the first.",
     "nums[1:]", "list", ("nums[:-1]", "nums[2:]")),
    ("tail", "without_last(nums: list[int]) -> list[int]", "Return a list of all items of nums but the last.",
     "nums[:-1]", "list", ("nums[1:]", "nums[:-2]")),
    ("text_length", "text_length(s: str) -> int", "Return the number of characters in the string s.", "len(s)",
     "text", ("len(s.split())", "len(s.strip())")),
    ("upper_case", "to_upper(s: str) -> str", "Return the string s in upper case.", "s.upper()", "text",
     ("s.lower()", "s.title()")),
    ("upper_case", "to_lower(s: str) -> str", "Return the string s in lower case.", "s.lower()", "text",
     ("s.upper()", "s.capitalize()")),
    ("stripping", "strip_ends(s: str) -> str", "Return the string s without the spaces at its start and end.",
     "s.strip()", "text", ("s.lstrip()", "s.replace(' ', '')")),
    ("exclamation", "add_exclamation(s: str) -> str", "Return the string s with '!' added at its end.", "s + '!'",
     "text", ("'!' + s", "s")),
    ("joined_pair", "join_two(a: str, b: str) -> str", "Return the string a followed by the string b.", "a + b",
     "text text", ("b + a", "a + ' ' + b")),
    ("joined_pair", "join_with_space(a: str, b: str) -> str",
     "Return the strings a and b joined with one space between them.", "a + ' ' + b", "text text",
     ("a + b", "b + ' ' + a")),
    ("containment", "contains_letter(s: str, letter: str) -> bool",
     "Return True if letter occurs in the string s, otherwise False.", "letter in s", "text letter",
     ("s in letter", "s.startswith(letter)")),
    ("starts", "starts_with(s: str, letter: str) -> bool",
     "Return True if the string s starts with letter, otherwise False.", "s.startswith(letter)", "text letter",
     ("s.endswith(letter)", "letter in s")),
    ("starts", "ends_with(s: str, letter: str) -> bool",
     "Return True if the string s ends with letter, otherwise False.", "s.endswith(letter)", "text letter",
     ("s.startswith(letter)", "letter in s")),
    ("splitting", "split_words(s: str) -> list[str]", "Return a list of the words of the string s.", "s.split()",
     "text", ("list(s)", "s.split('.')")),
    ("characters_list", "list_characters(s: str) -> list[str]",
     "Return a list of the characters of the string s.", "list(s)", "text", ("s.split()", "sorted(s)")),
    ("quoting", "in_brackets(s: str) -> str", "Return the string s with '(' before it and ')' after it.",
     "'(' + s + ')'", "text", ("'[' + s + ']'", "s + '()'")),
    ("number_text", "number_to_text(n: int) -> str", "Return the integer n as a string.", "str(n)", "int",
     ("str(abs(n))", "'n'")),
    ("first_letters", "first_three(s: str) -> str", "Return the first three characters of the string s.", "s[:3]",
     "text", ("s[:2]", "s[-3:]")),
    ("concatenated", "join_words(words: list[str]) -> str",
     "Return one string made of the strings in words, with a space between them.", "' '.join(words)", "words",
     ("''.join(words)", "','.join(words)")),
    ("upper_list", "upper_all(words: list[str]) -> list[str]",
     "Return a list with each string of words in upper case.", "[w.upper() for w in words]", "words",
     ("[w.lower() for w in words]", "words")),
    ("word_count_list", "total_length(words: list[str]) -> int",
     "Return the total number of characters of all strings in words.", "sum(len(w) for w in words)", "words",
     ("len(words)", "max([len(w) for w in words] or [0])")),
    ("longer_of", "longer_of(a: str, b: str) -> int", "Return the length of the longer of the strings a and b.",
     "max(len(a), len(b))", "text text", ("len(a)", "len(a) + len(b)")),
)  # fmt: skip


def _draft(row: _Row) -> Draft:
    family, signature, statement, right, kinds, wrong = row
    names = kinds.split()
    rng = random.Random(signature)

    def draw(rng: random.Random) -> Args:
        return tuple(_DRAW[name](rng) for name in names)

    edges = list(itertools.islice(itertools.product(*(_EDGES[name] for name in names)), 10))
    taken = [repr(edge) for edge in edges]
    examples = [args for args in (draw(rng) for _ in range(60)) if repr(args) not in taken][:2]
    return Draft(
        family=family,
        difficulty="easy",
        tags=("one_line",),
        statement=statement,
        reference=f"def {signature}:\n    return {right}\n",
        wrong=tuple(f"def {signature}:\n    return {expression}\n" for expression in wrong),
        examples=tuple(examples),
        edges=tuple(edges),
        generate=draw,
        compare="float" if "-> float" in signature else "exact",
    )


DRAFTS = [_draft(row) for row in _ROWS]
