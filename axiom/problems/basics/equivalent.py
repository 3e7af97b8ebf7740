"""Mutants of the references that do the same for every input that their statement allows, with the reason.

By entry point and by what the mutant changes, after its line and column.
:mod:`axiom.problems.basics.mutation` holds each against its reference on generated inputs.
"""

_ROOM = "one place more than is used"
_NOTHING_ADDED = "the first step then adds or multiplies what changes nothing"
_TIES = "equal values come to the same result by either branch"
_BEFORE = "equal values took a branch before"
_EITHER_WAY = "the steps go both ways, so a turned sign gives the same four"
_ONLY_ONE = "one item is left, so the last is the first"
_NO_AXES = "the statement leaves out points on the axes"
_NAMES = "any two values that differ serve as the tables' names"
_SLOW = "the same result, by more steps"
_ONE_CHARACTER = "a text of one character extends as it appends"
_WHOLE = "the product is even, and a whole quotient equals the integer"
_ZERO = "0 changes neither a sum nor its double"
_ODD = "1 is odd, so the loop ends there all the same"

EQUIVALENT: dict[str, dict[str, str]] = {
    "best_load": {"2:29 1 made 2": _ROOM},
    "binary_search": {"4:33 2 made 1": _SLOW, "7:11 Lt made LtE": _BEFORE},
    "bracket_score": {"9:17 0 made -1": _ONLY_ONE},
    "cache_hits": {"7:8 append made extend": _ONE_CHARACTER},
    "can_segment": {"2:24 False made True": "each place is set before it is read"},
    "cancel_pairs": {"7:12 append made extend": _ONE_CHARACTER},
    "cheapest_route": {"6:37 Lt made LtE": _TIES},
    "count_decodings": {
        "2:19 0 made 1": "what comes before the first digit is never used",
        "2:19 0 made -1": "what comes before the first digit is never used",
        "5:60 '26' made '26#'": "two digits are at most 26# exactly where they are at most 26",
    },
    "count_pairs_at_most": {"4:10 Lt made LtE": "a number with itself adds no pair"},
    "count_partitions": {
        "4:7 Lt made LtE": "0 was returned for before",
        "4:11 0 made 1": "0 was returned for before",
        "4:11 0 made -1": "-1 comes to nothing by the steps after it",
    },
    "divisors": {"2:46 1 made 2": "n + 1 divides no n"},
    "double_if_negative": {"2:20 Lt made LtE": _ZERO, "2:24 0 made 1": _ZERO},
    "evaluate_rpn": {"14:18 1 made 0": _ONLY_ONE},
    "factorial": {"3:24 2 made 1": _NOTHING_ADDED},
    "fibonacci_list": {"3:10 Lt made LtE": "the list is cut to n items"},
    "handshakes": {"2:11 FloorDiv made Div": _WHOLE},
    "integer_square_root": {"2:11 0 made -1": _SLOW},
    "is_nearly_palindrome": {"2:32 2 made 1": _SLOW},
    "is_palindrome_ignoring_case": {"2:14 lower made upper": "one case serves as well as the other"},
    "is_perfect_square": {"4:8 Add made Sub": "a negative root has the same square"},
    "is_power_of_two": {"2:10 Gt made GtE": _ODD, "2:14 1 made 0": _ODD},
    "is_prime": {"4:60 Pow made Mult": _SLOW},
    "largest_rectangle": {"3:46 0 made -1": "any height not above 0 ends every bar", "5:24 Gt made GtE": _TIES},
    "largest_xor": {"2:76 1 made 0": "a number with itself gives 0, which is the least and the default"},
    "last_standing": {"6:18 0 made -1": _ONLY_ONE},
    "last_stone": {"5:11 Gt made GtE": "a stone of weight 0 changes nothing", "7:16 0 made -1": _ONLY_ONE},
    "life_step": {"4:78 0 made -1": "all rows are equally long"},
    "longest_common_subsequence_length": {"2:31 1 made 2": _ROOM},
    "longest_increasing_run": {
        "4:33 Gt made GtE": "0 + 1 and 1 are the same at the first number",
        "4:41 0 made -1": "0 + 1 and 1 are the same at the first number",
    },
    "longest_unique_substring": {"5:50 1 made 2": "start is at least 0 already"},
    "min_coins": {
        "2:29 1 made 2": "any number above the amount stands for none",
        "3:23 1 made 0": "no coin fits into 0",
    },
    "minutes_to_burn": {"7:20 Add made Sub": _EITHER_WAY, "7:27 Add made Sub": _EITHER_WAY},
    "nearest_to": {"4:16 Lt made LtE": _BEFORE},
    "quadrant": {
        "4:7 Gt made GtE": _NO_AXES,
        "4:11 0 made -1": _NO_AXES,
        "5:20 Gt made GtE": _NO_AXES,
        "5:24 0 made -1": _NO_AXES,
        "6:16 Lt made LtE": _NO_AXES,
        "6:20 0 made 1": _NO_AXES,
    },
    "shared_sorted": {"7:13 Lt made LtE": _BEFORE},
    "sum_of_positive": {"2:34 Gt made GtE": _ZERO, "2:38 0 made -1": _ZERO},
    "sum_of_squares": {"2:51 1 made 0": _NOTHING_ADDED},
    "sum_to_n": {"2:21 1 made 0": _NOTHING_ADDED},
    "triangular_number": {"2:11 FloorDiv made Div": _WHOLE},
    "two_sum": {"7:4 returns None": "the statement promises a pair"},
    "two_tables": {
        "6:23 0 made 1": _NAMES,
        "6:23 0 made -1": _NAMES,
        "12:39 Sub made Add": _NAMES,
        "12:39 1 made 2": _NAMES,
    },
    "widest_container": {"3:10 Lt made LtE": "a wall with itself holds no water", "5:11 Lt made LtE": _TIES},
    "word_in_grid": {
        "7:12 returns None": "None is as false as False",
        "10:26 Add made Sub": _EITHER_WAY,
        "10:38 Add made Sub": _EITHER_WAY,
    },
}
