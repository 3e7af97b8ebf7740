"""Which families of ``basics`` are learned from, which choose the round, and which tell the uplift.

Families were drawn at random within bands of the embedded model's own pass rate (unquantised, before any training), so
that the three splits are equally hard for it; families that hold twins of each other were kept together. Those of the
modules of one line after the first are in train alone, which is the easier for them.
"""

SPLITS = ("train", "validation", "test")
FAMILIES: dict[str, tuple[str, ...]] = {
    "train": (
        "anagrams", "apart", "appending", "ascending", "between", "booleans", "brackets", "brackets_of_age",
        "built_lists", "char_counts", "characters_list", "choices", "circle", "clock", "code_points",
        "codes", "collatz", "common_subsequence", "concatenated", "concatenation", "conditions",
        "containment", "conversion", "counting_items", "cycles", "defaults", "dictionaries",
        "dictionary_facts", "differences", "digit_characters", "digits", "distance", "division", "doubling",
        "duplicates", "edits", "email", "expressions", "fibonacci", "first_item", "first_letters",
        "fizz_buzz", "grade", "greetings", "grouping", "halves", "histogram", "hops", "identity",
        "incremented", "insertion", "interleaving", "joining", "kept_words", "knapsack", "larger",
        "largest_item", "last_word", "letter_cases", "life", "linear", "list_length", "list_limits",
        "list_sizes", "list_totals", "logic", "longer_of", "mapped_numbers", "mapped_words", "masking",
        "median", "merge_intervals", "minutes", "money", "naming", "nested", "non_adjacent", "number_text",
        "ordinals", "packing", "parsing_ints", "partition", "pascal", "percent", "percentages", "pivot",
        "plane", "positions", "positivity", "powers", "powers_of_two", "prepending", "primes",
        "progressions", "quadratic", "repeats_code", "repetition", "replacement", "roman",
        "rotated_strings", "rotation", "rounding", "running", "scaling", "selection", "set_operations",
        "shopping", "sign", "signs", "slices", "spiral", "square", "starts", "stones", "subarrays",
        "subset_sums", "subsets", "substrings", "subtraction", "successor", "sums", "sums_of_some", "tail",
        "task_chains", "text_building", "text_changes", "text_joins", "text_kinds", "text_length",
        "text_numbers", "text_order", "text_positions", "text_repeats", "text_searches", "text_sizes",
        "text_slices", "thresholds", "trading", "tree_levels", "tree_paths", "triangle", "triangular",
        "truncating", "truncation", "units", "upper_case", "upper_list", "water", "weeks",
        "word_count_list", "word_filters",
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
