"""Two pointers and stacks: containers, pairs, merging, nested repeats, paths, histograms."""

import random

from axiom.problems.basics.authoring import Args, Draft, draw_ints, draw_letters


def _repeats(rng: random.Random, depth: int = 2) -> str:
    parts = []
    for _ in range(rng.randint(1, 3)):
        if depth and rng.random() < 0.5:
            parts.append(f"{rng.randint(1, 12)}[{_repeats(rng, depth - 1)}]")
        else:
            parts.append(draw_letters(rng, 1, 2))
    return "".join(parts)


def _path(rng: random.Random) -> Args:
    parts = [rng.choice(["a", "bc", "..", ".", "", "..."]) for _ in range(rng.randint(1, 7))]
    return ("/" + "/".join(parts),)


def _brackets(rng: random.Random, pairs: int) -> str:
    if pairs == 0:
        return ""
    inside = rng.randint(0, pairs - 1)
    return f"({_brackets(rng, inside)}){_brackets(rng, pairs - 1 - inside)}"


DRAFTS = [
    Draft(
        family="water",
        difficulty="medium",
        level=5,
        tags=("two-pointers", "lists"),
        statement=(
            "Walls of the given heights stand one metre apart. Choose two of them so that the water between them, as "
            "wide as their distance and as high as the lower one, is as much as possible. Return that area; 0 for "
            "fewer than two walls."
        ),
        reference="""
def widest_container(heights: list[int]) -> int:
    best, left, right = 0, 0, len(heights) - 1
    while left < right:
        best = max(best, (right - left) * min(heights[left], heights[right]))
        if heights[left] < heights[right]:
            left += 1
        else:
            right -= 1
    return best
""",
        wrong=(
            "def widest_container(heights):\n    return max(heights, default=0) * (len(heights) - 1) if heights else 0\n",
            "def widest_container(heights):\n    return (len(heights) - 1) * min(heights[0], heights[-1]) "
            "if heights else 0\n",
            "def widest_container(h):\n    return max([min(a, b) for a, b in zip(h, h[1:])], default=0)\n",
        ),
        examples=(([1, 8, 6, 2],), ([3, 3],)),
        edges=(([],), ([5],), ([0, 9],), ([4, 1, 1, 4],), ([1, 2, 3, 4, 5],), ([9, 1, 9, 1, 1, 1],), ([2] * 50,)),
        generate=lambda rng: (draw_ints(rng, 3, 9, 0, 12),),
    ),
    Draft(
        family="pair_sums",
        difficulty="medium",
        level=5,
        tags=("two-pointers", "counting"),
        statement="Return how many pairs of positions i < j in nums have a sum of at most limit.",
        reference="""
def count_pairs_at_most(nums: list[int], limit: int) -> int:
    ordered = sorted(nums)
    count, left, right = 0, 0, len(ordered) - 1
    while left < right:
        if ordered[left] + ordered[right] <= limit:
            count += right - left
            left += 1
        else:
            right -= 1
    return count
""",
        wrong=(
            "def count_pairs_at_most(nums, limit):\n    return sum(a + b < limit for i, a in enumerate(nums) "
            "for b in nums[i + 1:])\n",
            "def count_pairs_at_most(nums, limit):\n    return sum(a + b <= limit for a in nums for b in nums)\n",
            "def count_pairs_at_most(nums, limit):\n    return len({(a, b) for i, a in enumerate(nums) "
            "for b in nums[i + 1:] if a + b <= limit})\n",
        ),
        examples=(([1, 2, 3], 4), ([5, 5], 9)),
        edges=(([], 3), ([1], 5), ([2, 2, 2], 4), ([-3, -4], -7), ([4, 1, 3], 100), ([4, 1, 3], 0), ([1] * 40, 2)),
        generate=lambda rng: (draw_ints(rng, 2, 9, -6, 9), rng.randint(-5, 14)),
    ),
    Draft(
        family="merging",
        difficulty="medium",
        level=5,
        tags=("two-pointers", "sorting"),
        statement=(
            "Both lists are sorted in ascending order. Return the numbers that stand in both, in ascending order, each "
            "as often as it stands in the list that holds it less often."
        ),
        reference="""
def shared_sorted(a: list[int], b: list[int]) -> list[int]:
    shared, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            shared.append(a[i])
            i, j = i + 1, j + 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return shared
""",
        wrong=(
            "def shared_sorted(a, b):\n    return sorted(set(a) & set(b))\n",
            "def shared_sorted(a, b):\n    return [x for x in a if x in b]\n",
            "def shared_sorted(a, b):\n    return [x for x, y in zip(a, b) if x == y]\n",
        ),
        examples=(([1, 2, 2, 5], [2, 2, 3]), ([1], [2])),
        edges=(([], []), ([1], []), ([3, 3, 3], [3]), ([3], [3, 3]), ([1, 2, 3], [1, 2, 3]), ([-5, 0], [0, 5])),
        generate=lambda rng: (sorted(draw_ints(rng, 1, 7, 0, 6)), sorted(draw_ints(rng, 1, 7, 0, 6))),
    ),
    Draft(
        family="palindromes",
        difficulty="medium",
        level=5,
        tags=("two-pointers", "strings"),
        statement="Return whether s reads the same in both directions, or would after leaving out one character.",
        reference="""
def is_nearly_palindrome(s: str) -> bool:
    for left in range(len(s) // 2):
        right = len(s) - 1 - left
        if s[left] != s[right]:
            first, second = s[left:right], s[left + 1:right + 1]
            return first == first[::-1] or second == second[::-1]
    return True
""",
        wrong=(
            "def is_nearly_palindrome(s):\n    return s == s[::-1]\n",
            "def is_nearly_palindrome(s):\n    return sum(a != b for a, b in zip(s, s[::-1])) <= 2\n",
            "def is_nearly_palindrome(s):\n    return s[1:] == s[1:][::-1] or s[:-1] == s[:-1][::-1]\n",
        ),
        examples=(("abca",), ("abc",)),
        edges=(
            ("",),
            ("a",),
            ("ab",),
            ("abcba",),
            ("abccbda",),
            ("aab",),
            ("abcdba",),
            ("abcddba",),
            ("a" * 40 + "b",),
            ("bbaabbbb",),
        ),
        generate=lambda rng: (draw_letters(rng, 3, 8, "ab"),),
    ),
    Draft(
        family="repeats_code",
        difficulty="medium",
        level=5,
        tags=("stacks", "parsing"),
        statement=(
            "In a code, 3[ab] stands for ababab; codes may stand inside codes and beside letters, as in 2[a2[b]]c, which "
            "is abbabbc. Return the text that the code stands for."
        ),
        reference="""
def expand_code(code: str) -> str:
    stack, text, times = [], "", 0
    for sign in code:
        if sign.isdigit():
            times = 10 * times + int(sign)
        elif sign == "[":
            stack.append((text, times))
            text, times = "", 0
        elif sign == "]":
            before, count = stack.pop()
            text = before + text * count
        else:
            text += sign
    return text
""",
        wrong=(
            "import re\ndef expand_code(code):\n    return re.sub(r'(\\d+)\\[([a-z]*)\\]', "
            "lambda m: m[2] * int(m[1]), code)\n",
            "import re\ndef expand_code(code):\n    while '[' in code:\n        code = re.sub(r'(\\d)\\[([a-z]*)\\]', "
            "lambda m: m[2] * int(m[1]), code)\n    return code\n",
            "def expand_code(code):\n    return ''.join(c for c in code if c.isalpha())\n",
        ),
        examples=(("3[ab]",), ("2[a2[b]]c",)),
        edges=(("",), ("abc",), ("10[a]",), ("1[x]",), ("2[3[2[z]]]",), ("a2[b]c3[d]e",)),
        generate=lambda rng: (_repeats(rng),),
    ),
    Draft(
        family="paths",
        difficulty="medium",
        level=5,
        tags=("stacks", "strings"),
        statement=(
            "Return the shortest form of an absolute path: . is the same folder, .. the one above (at the top it stays), "
            "several slashes are one, and no slash stands at the end unless it is the top itself."
        ),
        reference="""
def simple_path(path: str) -> str:
    parts = []
    for part in path.split("/"):
        if part == "..":
            if parts:
                parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)
""",
        wrong=(
            "def simple_path(path):\n    return '/' + '/'.join(p for p in path.split('/') if p not in ('', '.', '..'))\n",
            "def simple_path(path):\n    while '//' in path:\n        path = path.replace('//', '/')\n    return path\n",
            "def simple_path(path):\n    parts = []\n    for p in path.split('/'):\n        if p.startswith('..'):\n"
            "            parts[-1:] = []\n        elif p not in ('', '.'):\n            parts.append(p)\n"
            "    return '/' + '/'.join(parts)\n",
        ),
        examples=(("/a/./b//c/",), ("/a/../b",)),
        edges=(("/",), ("/..",), ("//",), ("/a/b/../../..",), ("/...",), ("/a/...b/.",), ("/./.",), ("/a" * 20,)),
        generate=_path,
    ),
    Draft(
        family="cancelling",
        difficulty="medium",
        level=5,
        tags=("stacks", "strings"),
        statement=(
            "Two equal characters side by side cancel each other out; what closes up may cancel again. Return what is "
            "left of s when nothing cancels any more."
        ),
        reference="""
def cancel_pairs(s: str) -> str:
    kept = []
    for char in s:
        if kept and kept[-1] == char:
            kept.pop()
        else:
            kept.append(char)
    return "".join(kept)
""",
        wrong=(
            "from itertools import groupby\ndef cancel_pairs(s):\n    return ''.join(c for c, _ in groupby(s))\n",
            "from itertools import groupby\ndef cancel_pairs(s):\n"
            "    return ''.join(c for c, g in groupby(s) if len(list(g)) == 1)\n",
            "from itertools import groupby\ndef cancel_pairs(s):\n"
            "    return ''.join(c for c, g in groupby(s) if len(list(g)) % 2)\n",
        ),
        examples=(("abba",), ("aab",)),
        edges=(("",), ("a",), ("aa",), ("aaa",), ("abccba",), ("abcddcx",), ("ab" * 20,), ("a" * 50,)),
        generate=lambda rng: (draw_letters(rng, 3, 12, "ab" if rng.random() < 0.5 else "abc"),),
    ),
    Draft(
        family="brackets",
        difficulty="medium",
        level=5,
        tags=("stacks", "parsing"),
        statement=(
            "A pair of round brackets with nothing inside is worth 1; with something inside, twice what that is worth; "
            "brackets side by side are worth their sum. Return what the balanced brackets in s are worth, 0 for none."
        ),
        reference="""
def bracket_score(s: str) -> int:
    stack = [0]
    for sign in s:
        if sign == "(":
            stack.append(0)
        else:
            inside = stack.pop()
            stack[-1] += max(2 * inside, 1)
    return stack[0]
""",
        wrong=(
            "def bracket_score(s):\n    return s.count('()')\n",
            "def bracket_score(s):\n    depth = best = 0\n    for c in s:\n        depth += 1 if c == '(' else -1\n"
            "        best = max(best, depth)\n    return 2 ** (best - 1) if best else 0\n",
            "def bracket_score(s):\n    return len(s) // 2\n",
        ),
        examples=(("()()",), ("(())",)),
        edges=(("",), ("()",), ("((()))",), ("(()(()))",), ("()" * 20,), ("(" * 12 + ")" * 12,), ("(()())()",)),
        generate=lambda rng: (_brackets(rng, rng.randint(3, 9)),),
    ),
    Draft(
        family="histogram",
        difficulty="medium",
        level=5,
        tags=("stacks", "lists"),
        statement=(
            "The bars of a histogram are one wide and as high as heights says. Return the area of the largest rectangle "
            "that lies wholly in the bars."
        ),
        reference="""
def largest_rectangle(heights: list[int]) -> int:
    best, stack = 0, []
    for index, height in enumerate([*heights, 0]):
        start = index
        while stack and stack[-1][1] > height:
            start, top = stack.pop()
            best = max(best, top * (index - start))
        stack.append((start, height))
    return best
""",
        wrong=(
            "def largest_rectangle(h):\n    return max(h, default=0)\n",
            "def largest_rectangle(h):\n    return min(h) * len(h) if h else 0\n",
            "def largest_rectangle(h):\n    return max([min(h[i:]) * (len(h) - i) for i in range(len(h))], default=0)\n",
        ),
        examples=(([2, 1, 5, 6, 2, 3],), ([4],)),
        edges=(
            ([],),
            ([0],),
            ([3, 3, 3],),
            ([1, 2, 3, 4],),
            ([4, 3, 2, 1],),
            ([2, 0, 2],),
            ([5] * 40,),
            ([1, 9, 1],),
            ([5, 1, 6, 2, 1, 8, 2, 5, 2],),
        ),
        generate=lambda rng: (draw_ints(rng, 3, 9, 0, 9),),
    ),
]
