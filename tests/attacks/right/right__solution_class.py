# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a method of class Solution

from typing import List


class Solution:
    def merge(self, a: List[int], b: List[int]) -> List[int]:
        return sorted(a + b)
