"""Which families of ``basics`` are learned from, which choose the round, and which tell the uplift.

Families were drawn at random within bands of the embedded model's own pass rate (unquantised, before any training), so
that the three splits are equally hard for it; families that hold twins of each other were kept together.
"""

SPLITS = ("train", "validation", "test")
FAMILIES: dict[str, tuple[str, ...]] = {
    "train": (
        "anagrams", "binary", "brackets", "brackets_of_age", "caesar", "clamp", "clock", "coins",
        "concatenation", "conversion", "dictionaries", "digit_names", "digits", "division", "duplicates",
        "elementwise", "email", "fibonacci", "file_names", "fizz_buzz", "grade", "grouping", "identity",
        "insertion", "interleaving", "jumps", "last_word", "lookup", "majority", "markup", "middle", "naming",
        "nearest", "next_greater", "non_adjacent", "number_filters", "padding", "pairing", "palindromes",
        "parity", "partition", "place_value", "plane", "postfix", "powers", "ranges", "rectangle", "repetition",
        "replacement", "reversal", "robot", "roman", "rounding", "running", "runs", "selection", "sign",
        "sorting", "spiral", "squares", "stride", "subarrays", "swaps", "tic_tac_toe", "times_table",
        "triangle", "two_sum", "windows", "word_extremes",
    ),
    "validation": (
        "alternation", "average", "between", "booleans", "char_counts", "circle", "codes", "common_subsequence",
        "diagonals", "digit_characters", "equality", "gcd", "greetings", "grid_paths", "hamming", "joining",
        "last_items", "ledger", "masking", "merge_intervals", "nested", "overlap", "pascal", "plurals",
        "primes", "products", "rotated_strings", "run_lengths", "set_operations", "shopping", "spaces", "speed",
        "subsequences", "substrings", "sums", "truncation",
    ),
    "test": (
        "alphabet", "armstrong", "binary_search", "calendar", "case", "chunks", "collatz", "differences",
        "distance", "divisors", "ends", "extremes", "games", "halves", "islands", "key_values", "matrix_rows",
        "median", "membership", "missing_number", "ordinals", "parsing_ints", "peaks", "percentages", "pivot",
        "prefix", "progressions", "rotation", "scaling", "stairs", "subsets", "trading", "vowels",
        "word_filters", "words",
    ),
}  # fmt: skip


def split_of(family: str) -> str:
    """The split of a family.

    Raises:
        ValueError: for a family that the table does not name.
    """
    for split, families in FAMILIES.items():
        if family in families:
            return split
    raise ValueError(f"family '{family}' stands in no split; add it to FAMILIES")
