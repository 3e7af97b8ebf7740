"""Right solutions of LeetCode-style problems, each with the change that makes it plausibly wrong.

Over calls, arguments changed in place, linked lists and trees, classes that are driven, results in any order, numbers
within a tolerance, comparisons kept as code.
"""

# (problem, a right solution, what to replace, by what)
SOLUTIONS: list[tuple[str, str, str, str]] = [
    (
        "two_sum",
        """
class Solution:
    def two_sum(self, nums, target):
        seen = {}
        for i, value in enumerate(nums):
            if target - value in seen:
                return [i, seen[target - value]]
            seen[value] = i
""",
        "[i, seen[target - value]]",
        "[i, i]",
    ),
    (
        "valid_parentheses",
        """
def is_valid(s):
    stack = []
    for sign in s:
        if sign in "([{":
            stack.append(")]}"["([{".index(sign)])
        elif not stack or stack.pop() != sign:
            return False
    return not stack
""",
        "return not stack",
        "return True",
    ),
    (
        "three_sum",
        """
def three_sum(nums):
    nums.sort()
    found = set()
    for i, first in enumerate(nums):
        seen = set()
        for second in nums[i + 1:]:
            if -first - second in seen:
                found.add((first, -first - second, second))
            seen.add(second)
    return [list(triple) for triple in found]
""",
        "nums[i + 1:]",
        "nums[i:]",
    ),
    (
        "merge_intervals",
        """
def merge(intervals):
    merged = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged
""",
        "start <= merged",
        "start < merged",
    ),
    (
        "rotate_image",
        """
def rotate(matrix):
    matrix[:] = [list(row) for row in zip(*matrix[::-1])]
""",
        "zip(*matrix[::-1])",
        "zip(*matrix)",
    ),
    (
        "move_zeroes",
        """
class Solution:
    def move_zeroes(self, nums):
        place = 0
        for i in range(len(nums)):
            if nums[i]:
                nums[place], nums[i] = nums[i], nums[place]
                place += 1
""",
        "if nums[i]:",
        "if nums[i] > 0:",
    ),
    (
        "next_permutation",
        """
def next_permutation(nums):
    i = len(nums) - 2
    while i >= 0 and nums[i] >= nums[i + 1]:
        i -= 1
    if i >= 0:
        j = len(nums) - 1
        while nums[j] <= nums[i]:
            j -= 1
        nums[i], nums[j] = nums[j], nums[i]
    nums[i + 1:] = nums[i + 1:][::-1]
""",
        "nums[i] >= nums[i + 1]",
        "nums[i] > nums[i + 1]",
    ),
    (
        "sort_colors",
        """
def sort_colors(nums):
    nums.sort()
""",
        "nums.sort()",
        "return sorted(nums)",
    ),
    (
        "lru_cache",
        """
class LRUCache:
    def __init__(self, capacity):
        self.capacity, self.kept = capacity, OrderedDict()
    def get(self, key):
        if key not in self.kept:
            return -1
        self.kept.move_to_end(key)
        return self.kept[key]
    def put(self, key, value):
        self.kept[key] = value
        self.kept.move_to_end(key)
        if len(self.kept) > self.capacity:
            self.kept.popitem(last=False)
""",
        "        self.kept.move_to_end(key)\n        return",
        "        return",
    ),
    (
        "min_stack",
        """
class MinStack:
    def __init__(self):
        self.items = []
    def push(self, val):
        self.items.append((val, min(val, self.items[-1][1]) if self.items else val))
    def pop(self):
        self.items.pop()
    def top(self):
        return self.items[-1][0]
    def get_min(self):
        return self.items[-1][1]
""",
        "return self.items[-1][0]",
        "return self.items[0][0]",
    ),
    (
        "implement_trie_prefix_tree",
        """
class Trie:
    def __init__(self):
        self.words = set()
    def insert(self, word):
        self.words.add(word)
    def search(self, word):
        return word in self.words
    def starts_with(self, prefix):
        return any(word.startswith(prefix) for word in self.words)
""",
        "return word in self.words",
        "return self.starts_with(word)",
    ),
    (
        "implement_queue_using_stacks",
        """
class MyQueue:
    def __init__(self):
        self.items = deque()
    def push(self, x):
        self.items.append(x)
    def pop(self):
        return self.items.popleft()
    def peek(self):
        return self.items[0]
    def empty(self):
        return not self.items
""",
        "self.items.popleft()",
        "self.items.pop()",
    ),
    (
        "reverse_linked_list",
        """
class Solution:
    def reverse_list(self, head: Optional[ListNode]) -> Optional[ListNode]:
        before = None
        while head:
            head.next, before, head = before, head, head.next
        return before
""",
        "return before",
        "return before.next if before else None",
    ),
    (
        "merge_two_sorted_lists",
        """
def merge_two_lists(list1, list2):
    if not list1 or not list2:
        return list1 or list2
    if list2.val < list1.val:
        list1, list2 = list2, list1
    list1.next = merge_two_lists(list1.next, list2)
    return list1
""",
        "return list1 or list2",
        "return list1 and list2",
    ),
    (
        "add_two_numbers",
        """
def add_two_numbers(l1, l2):
    head = last = ListNode()
    carry = 0
    while l1 or l2 or carry:
        total = carry + (l1.val if l1 else 0) + (l2.val if l2 else 0)
        carry, digit = divmod(total, 10)
        last.next = ListNode(digit)
        last = last.next
        l1, l2 = l1 and l1.next, l2 and l2.next
    return head.next
""",
        "while l1 or l2 or carry",
        "while l1 or l2",
    ),
    (
        "invert_binary_tree",
        """
def invert_tree(root: TreeNode | None) -> TreeNode | None:
    if root:
        root.left, root.right = invert_tree(root.right), invert_tree(root.left)
    return root
""",
        "invert_tree(root.right), invert_tree(root.left)",
        "root.right, root.left",
    ),
    (
        "binary_tree_level_order_traversal",
        """
def level_order(root):
    levels, row = [], [root] if root else []
    while row:
        levels.append([node.val for node in row])
        row = [child for node in row for child in (node.left, node.right) if child]
    return levels
""",
        "(node.left, node.right)",
        "(node.right, node.left)",
    ),
    (
        "maximum_depth_of_binary_tree",
        """
def max_depth(root):
    return 1 + max(max_depth(root.left), max_depth(root.right)) if root else 0
""",
        "max(max_depth",
        "min(max_depth",
    ),
    (
        "validate_binary_search_tree",
        """
def is_valid_bst(root, low=-math.inf, high=math.inf):
    if not root:
        return True
    if not low < root.val < high:
        return False
    return is_valid_bst(root.left, low, root.val) and is_valid_bst(root.right, root.val, high)
""",
        "is_valid_bst(root.left, low, root.val) and is_valid_bst(root.right, root.val, high)",
        "is_valid_bst(root.left, -math.inf, root.val) and is_valid_bst(root.right, root.val, math.inf)",
    ),
    (
        "merge_two_binary_trees",
        """
def merge_trees(root1, root2):
    if not root1 or not root2:
        return root1 or root2
    root1.val += root2.val
    root1.left = merge_trees(root1.left, root2.left)
    root1.right = merge_trees(root1.right, root2.right)
    return root1
""",
        "merge_trees(root1.right, root2.right)",
        "merge_trees(root1.right, root2.left)",
    ),
    (
        "average_of_levels_in_binary_tree",
        """
def average_of_levels(root):
    averages, row = [], [root]
    while row:
        averages.append(sum(node.val for node in row) / len(row))
        row = [child for node in row for child in (node.left, node.right) if child]
    return averages
""",
        "/ len(row)",
        "// len(row)",
    ),
    (
        "convert_sorted_array_to_binary_search_tree",
        """
def sorted_array_to_bst(nums):
    if not nums:
        return None
    middle = len(nums) // 2
    return TreeNode(nums[middle], sorted_array_to_bst(nums[:middle]), sorted_array_to_bst(nums[middle + 1:]))
""",
        "len(nums) // 2",
        "0",
    ),
    (
        "group_anagrams",
        """
def group_anagrams(strs):
    groups = defaultdict(list)
    for word in strs:
        groups["".join(sorted(word))].append(word)
    return list(groups.values())[::-1]
""",
        '"".join(sorted(word))',
        "len(word)",
    ),
    (
        "combination_sum_ii",
        """
def combination_sum2(candidates, target):
    found = set()
    def extend(chosen, left, rest):
        if left == 0:
            found.add(tuple(chosen))
        for i, value in enumerate(rest):
            if value <= left and not (i and rest[i - 1] == value):
                extend([*chosen, value], left - value, rest[i + 1:])
    extend([], target, sorted(candidates))
    return [list(each) for each in found]
""",
        "rest[i + 1:]",
        "rest[i:]",
    ),
    (
        "coin_change",
        """
def coin_change(coins, amount):
    fewest = [0] + [math.inf] * amount
    for total in range(1, amount + 1):
        fewest[total] = min((fewest[total - coin] + 1 for coin in coins if coin <= total), default=math.inf)
    return fewest[amount] if fewest[amount] < math.inf else -1
""",
        "if fewest[amount] < math.inf else -1",
        "if fewest[amount] < math.inf else 0",
    ),
    (
        "longest_palindromic_substring",
        """
def longest_palindrome(s):
    best = ""
    for i in range(len(s)):
        for j in (i, i + 1):
            low, high = i, j
            while low >= 0 and high < len(s) and s[low] == s[high]:
                low, high = low - 1, high + 1
            best = max(best, s[low + 1:high], key=len)
    return best
""",
        "(i, i + 1)",
        "(i,)",
    ),
    (
        "powx_n",
        """
def my_pow(x, n):
    return math.exp(n * math.log(abs(x))) * (-1 if x < 0 and n % 2 else 1) if x else 0.0
""",
        "math.exp(n *",
        "math.exp(abs(n) *",
    ),
]
