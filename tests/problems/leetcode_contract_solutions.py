"""Right solutions, and their wrong turns, of problems with a contract of our own, and of two hard ones."""

# (problem, a right solution, what to replace, by what)
CONTRACT_SOLUTIONS: list[tuple[str, str, str, str]] = [
    (
        "find_peak_element",
        """
def find_peak_element(nums):
    low, high = 0, len(nums) - 1
    while low < high:
        middle = (low + high) // 2
        if nums[middle] < nums[middle + 1]:
            low = middle + 1
        else:
            high = middle
    return low
""",
        "return low",
        "return len(nums) - 1",
    ),
    (
        "top_k_frequent_elements",
        """
def top_k_frequent(nums, k):
    counts = Counter(nums)
    return sorted(counts, key=lambda value: (-counts[value], value))[:k]
""",
        "-counts[value], value",
        "counts[value], value",
    ),
    (
        "k_closest_points_to_origin",
        """
def k_closest(points, k):
    return sorted(points[::-1], key=lambda point: point[0] ** 2 + point[1] ** 2)[:k]
""",
        "point[0] ** 2 + point[1] ** 2",
        "abs(point[0])",
    ),
    (
        "find_anagram_mappings",
        """
def anagram_mappings(nums1, nums2):
    place = {value: index for index, value in enumerate(nums2)}
    return [place[value] for value in nums1]
""",
        "for value in nums1]",
        "for value in nums2]",
    ),
    (
        "pancake_sorting",
        """
def pancake_sort(arr):
    flips = []
    for size in range(len(arr), 1, -1):
        place = arr.index(max(arr[:size])) + 1
        flips += [place, size]
        arr[:place] = arr[:place][::-1]
        arr[:size] = arr[:size][::-1]
    return flips
""",
        "flips += [place, size]",
        "flips += [size, place]",
    ),
    (
        "three_equal_parts",
        """
def three_equal_parts(arr):
    ones = [index for index, bit in enumerate(arr) if bit]
    if len(ones) % 3:
        return [-1, -1]
    if not ones:
        return [0, len(arr) - 1]
    third = len(ones) // 3
    first, second, last = ones[0], ones[third], ones[2 * third]
    length = len(arr) - last
    if arr[first:first + length] == arr[second:second + length] == arr[last:]:
        return [first + length - 1, second + length]
    return [-1, -1]
""",
        "return [0, len(arr) - 1]",
        "return [-1, -1]",
    ),
    (
        "course_schedule_ii",
        """
def find_order(num_courses, prerequisites):
    after, missing = defaultdict(list), [0] * num_courses
    for course, before in prerequisites:
        after[before].append(course)
        missing[course] += 1
    ready, order = [course for course in range(num_courses) if not missing[course]], []
    while ready:
        order.append(ready.pop())
        for course in after[order[-1]]:
            missing[course] -= 1
            if not missing[course]:
                ready.append(course)
    return order if len(order) == num_courses else []
""",
        "return order if len(order) == num_courses else []",
        "return order[::-1] if len(order) == num_courses else []",
    ),
    (
        "beautiful_array",
        """
def beautiful_array(n):
    if n == 1:
        return [1]
    evens, odds = beautiful_array(n // 2), beautiful_array((n + 1) // 2)
    return [2 * value for value in evens] + [2 * value - 1 for value in odds]
""",
        "return [2 * value for value in evens] + [2 * value - 1 for value in odds]",
        "return sorted([2 * value for value in evens] + [2 * value - 1 for value in odds])",
    ),
    (
        "permutations",
        """
def permute(nums):
    return [list(order) for order in itertools.permutations(nums)]
""",
        "for order in itertools.permutations(nums)]",
        "for order in [nums] * math.factorial(len(nums))]",
    ),
    (
        "path_sum_ii",
        """
def path_sum(root, target_sum):
    if not root:
        return []
    left = target_sum - root.val
    if not root.left and not root.right:
        return [[root.val]] if left == 0 else []
    return [[root.val, *path] for child in (root.left, root.right) for path in path_sum(child, left)]
""",
        "[[root.val, *path]",
        "[[*path, root.val]",
    ),
    (
        "alien_dictionary",
        """
def alien_order(words):
    after = {letter: set() for word in words for letter in word}
    for one, other in zip(words, words[1:]):
        for a, b in zip(one, other):
            if a != b:
                after[a].add(b)
                break
        else:
            if len(one) > len(other):
                return ""
    order = []
    while after:
        last = [letter for letter, later in after.items() if not later]
        if not last:
            return ""
        order.insert(0, max(last))
        del after[order[0]]
        for later in after.values():
            later.discard(order[0])
    return "".join(order)
""",
        'return "".join(order)',
        'return "".join(sorted(order))',
    ),
    (
        "n_queens",
        """
def solve_n_queens(n):
    boards = []
    for columns in itertools.permutations(range(n)):
        if len({c + r for r, c in enumerate(columns)}) == n == len({c - r for r, c in enumerate(columns)}):
            boards.append(["." * c + "Q" + "." * (n - c - 1) for c in columns])
    return boards[::-1]
""",
        " == n == len({c - r for r, c in enumerate(columns)})",
        " == n",
    ),
    (
        "trapping_rain_water",
        """
def trap(height):
    left = list(accumulate(height, max))
    right = list(accumulate(height[::-1], max))[::-1]
    return sum(min(one, other) - here for one, other, here in zip(left, right, height))
""",
        "min(one, other)",
        "max(one, other)",
    ),
]
