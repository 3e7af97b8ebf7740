# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: annotations of names that do not exist

from __future__ import annotations


def merge(a: Vector[int], b: Vector[int]) -> Vector[int]:
    return sorted(a + b)
