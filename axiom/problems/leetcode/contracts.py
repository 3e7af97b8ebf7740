"""Problems whose own tests are not their contract: judged by a comparison of our own, or left out.

Found in version 1.0.15: comparisons that ask for one of several right answers, or sort away what the statement asks
for, so that wrong answers pass. Each checker is given the call's arguments, the package's expected values and the
answer; it runs in a jail of its own.
"""

_PEAK = """
def checker(args, expected, actual):
    nums = args[0]
    if type(actual) is not int or not 0 <= actual < len(nums):
        return False
    before = nums[actual - 1] if actual else float("-inf")
    after = nums[actual + 1] if actual + 1 < len(nums) else float("-inf")
    return before < nums[actual] > after
"""
_TOP_K = """
from collections import Counter
def checker(args, expected, actual):
    counts = Counter(args[0])
    if not isinstance(actual, list) or len(actual) != args[1] or len(set(actual)) != args[1]:
        return False
    if not set(actual) <= counts.keys():
        return False
    left = [count for value, count in counts.items() if value not in actual]
    return min(counts[value] for value in actual) >= max(left, default=0)
"""
_CLOSEST = """
from collections import Counter
def checker(args, expected, actual):
    points, k = args
    if not isinstance(actual, list) or Counter(map(tuple, actual)) - Counter(map(tuple, points)):
        return False
    def distances(some):
        return sorted(x * x + y * y for x, y in some)
    return distances(actual) == distances(points)[:k]
"""
_MAPPINGS = """
def checker(args, expected, actual):
    one, other = args
    return (
        isinstance(actual, list)
        and len(actual) == len(one)
        and all(type(place) is int and 0 <= place < len(other) for place in actual)
        and [other[place] for place in actual] == one
    )
"""
_PANCAKES = """
def checker(args, expected, actual):
    stack = list(args[0])
    if not isinstance(actual, list) or len(actual) > 10 * len(stack):
        return False
    for flip in actual:
        if type(flip) is not int or not 1 <= flip <= len(stack):
            return False
        stack[:flip] = stack[:flip][::-1]
    return stack == sorted(stack)
"""
_THREE_PARTS = """
def checker(args, expected, actual):
    bits = args[0]
    if not isinstance(actual, (list, tuple)) or len(actual) != 2:
        return False
    i, j = actual
    if [i, j] == [-1, -1] or list(expected[0]) == [-1, -1]:
        return [i, j] == list(expected[0])
    if not (type(i) is int and type(j) is int and 0 <= i and i + 1 < j < len(bits)):
        return False
    parts = {"".join(map(str, part)).lstrip("0") for part in (bits[: i + 1], bits[i + 1 : j], bits[j:])}
    return len(parts) == 1
"""
_CIDR = """
def checker(args, expected, actual):
    def number(address):
        a, b, c, d = map(int, address.split("."))
        return a << 24 | b << 16 | c << 8 | d
    blocks = []
    for block in actual:
        address, _, bits = block.partition("/")
        size = 1 << (32 - int(bits))
        if number(address) % size:
            return False
        blocks.append((number(address), size))
    at = number(args[0])
    for start, size in sorted(blocks):
        if start != at:
            return False
        at += size
    return at == number(args[0]) + args[1] and len(actual) == len(expected[0])
"""
_ORDER_OF_COURSES = """
def checker(args, expected, actual):
    count, needs = args
    if not expected[0]:
        return actual == []
    if not isinstance(actual, list) or sorted(actual) != list(range(count)):
        return False
    place = {course: index for index, course in enumerate(actual)}
    return all(place[before] < place[course] for course, before in needs)
"""
_BEAUTIFUL = """
def checker(args, expected, actual):
    count = args[0]
    if not isinstance(actual, list) or sorted(actual) != list(range(1, count + 1)):
        return False
    place = {value: index for index, value in enumerate(actual)}
    for low in range(1, count + 1):
        for high in range(low + 2, count + 1, 2):
            ends = sorted((place[low], place[high]))
            if ends[0] < place[(low + high) // 2] < ends[1]:
                return False
    return True
"""
_SAME_LISTS = """
def checker(args, expected, actual):
    return isinstance(actual, list) and sorted(map(list, actual)) == sorted(map(list, expected[0]))
"""
_ALIEN = """
def checker(args, expected, actual):
    words = args[0]
    if not isinstance(actual, str) or not expected[0]:
        return actual == expected[0]
    if sorted(actual) != sorted(set("".join(words))):
        return False
    place = {letter: index for index, letter in enumerate(actual)}
    keys = [[place[letter] for letter in word] for word in words]
    return keys == sorted(keys)
"""
CONTRACTS: dict[str, str] = {
    "find_peak_element": _PEAK,
    "top_k_frequent_elements": _TOP_K,
    "k_closest_points_to_origin": _CLOSEST,
    "find_anagram_mappings": _MAPPINGS,
    "pancake_sorting": _PANCAKES,
    "three_equal_parts": _THREE_PARTS,
    "ip_to_cidr": _CIDR,
    "course_schedule_ii": _ORDER_OF_COURSES,
    "beautiful_array": _BEAUTIFUL,
    "permutations": _SAME_LISTS,
    "path_sum_ii": _SAME_LISTS,
    "alien_dictionary": _ALIEN,
}
UNSOUND: dict[str, str] = {
    "design_phone_directory": "its tests ask for one of several right numbers",
    "construct_quad_tree": "its tests ask for one value of inner nodes, where any is right",
    "convert_binary_search_tree_to_sorted_doubly_linked_list": "its result is a ring of nodes, which cannot travel",
}
