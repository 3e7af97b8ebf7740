"""Which families of ``basics`` are learned from, which choose the round, and which tell the uplift.

Families were drawn at random within bands of the embedded model's own pass rate (unquantised, before any training), so
that the three splits are equally hard for it; families that hold twins of each other were kept together.
"""

SPLITS = ("train", "validation", "test")
FAMILIES: dict[str, tuple[str, ...]] = {
    "train": (
        "anagrams", "appending", "ascending", "between", "booleans", "brackets", "brackets_of_age",
        "char_counts", "characters_list", "circle", "clock", "codes", "collatz", "common_subsequence",
        "concatenated", "concatenation", "containment", "conversion", "cycles", "dictionaries", "differences",
        "digit_characters", "digits", "distance", "division", "doubling", "duplicates", "edits", "email",
        "expressions", "fibonacci", "first_item", "first_letters", "fizz_buzz", "grade", "greetings",
        "grouping", "halves", "histogram", "hops", "identity", "incremented", "insertion", "interleaving",
        "joining", "knapsack", "larger", "largest_item", "last_word", "letter_cases", "life", "list_length",
        "longer_of", "masking", "median", "merge_intervals", "minutes", "naming", "nested", "non_adjacent",
        "number_text", "ordinals", "parsing_ints", "partition", "pascal", "percentages", "pivot", "plane",
        "positivity", "powers", "prepending", "primes", "progressions", "repeats_code", "repetition",
        "replacement", "roman", "rotated_strings", "rotation", "rounding", "running", "scaling", "selection",
        "set_operations", "shopping", "sign", "spiral", "square", "starts", "stones", "subarrays",
        "subset_sums", "subsets", "substrings", "subtraction", "successor", "sums", "tail", "task_chains",
        "text_length", "trading", "tree_levels", "tree_paths", "triangle", "truncation", "upper_case",
        "upper_list", "water", "word_count_list", "word_filters",
    ),
    "validation": (
        "addition", "alternation", "binary", "binary_search", "cancelling", "case", "cheapest_route", "chunks",
        "clamp", "comparison", "decodings", "doubled_list", "elementwise", "ends", "equality", "file_names",
        "hamming", "joined_pair", "josephus", "jumps", "key_values", "last_items", "markup", "matrix_rows",
        "meetings", "membership", "metres", "missing_number", "multiplication", "next_greater",
        "number_filters", "number_partitions", "oddness", "opposite", "padding", "pair_sums", "pairing",
        "palindromes", "place_value", "plurals", "quoting", "range_of", "ranges", "rectangle", "run_lengths",
        "search_trees", "speed", "splitting", "spreading", "stairs", "stride", "stripping", "times_table",
        "two_sum", "word_extremes", "zeroes",
    ),
    "test": (
        "alphabet", "armstrong", "average", "bit_order", "caches", "caesar", "calendar", "coins", "components",
        "cube_volume", "diagonals", "digit_names", "divisors", "emptiness", "exclamation", "extremes",
        "final_item", "games", "gaps", "gcd", "grid_paths", "grid_words", "halving", "islands", "ledger",
        "lookup", "majority", "merging", "middle", "nearest", "overlap", "parents", "parity", "paths", "peaks",
        "postfix", "prefix", "products", "remainder", "reversal", "robot", "runs", "segmentation", "sorting",
        "spaces", "square_area", "squares", "squares_list", "subsequences", "swaps", "tic_tac_toe",
        "two_colours", "versions", "vowels", "windows", "words",
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
