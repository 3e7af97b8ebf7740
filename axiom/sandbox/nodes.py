"""LeetCode's ListNode and TreeNode as a program has them: built from plain values, taken apart into them, written down.

A program finds both classes defined, as it does there, and may define its own in their place.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any

from axiom.sandbox.values import MAX_DEPTH, BinaryTree, LinkedList, ValueFormatError

_MAX_NODES = 1_000_000


class ListNode:
    """A node of a linked list."""

    def __init__(self, val: Any = 0, next: Any = None) -> None:
        self.val, self.next = val, next


class TreeNode:
    """A node of a binary tree."""

    def __init__(self, val: Any = 0, left: Any = None, right: Any = None) -> None:
        self.val, self.left, self.right = val, left, right


def predefine(namespace: dict[str, Any]) -> None:
    """Give a program both classes."""
    namespace.update(ListNode=ListNode, TreeNode=TreeNode)


def built(value: Any, namespace: dict[str, Any], *, depth: int = 0) -> Any:
    """A value with nodes of the program's classes in the place of lists and trees."""
    if isinstance(value, LinkedList):
        return _list(value.values, namespace.get("ListNode", ListNode))
    if isinstance(value, BinaryTree):
        return _tree(value.values, namespace.get("TreeNode", TreeNode))
    if depth < MAX_DEPTH and isinstance(value, list) and not _BUILT.isdisjoint(map(type, value)):
        return [built(item, namespace, depth=depth + 1) for item in value]
    if depth < MAX_DEPTH and isinstance(value, dict):
        return {key: built(item, namespace, depth=depth + 1) for key, item in value.items()}
    return value


_BUILT = frozenset({list, dict, LinkedList, BinaryTree})


def taken_apart(value: Any, *, depth: int = 0) -> Any:
    """A value with plain lists and trees in the place of nodes.

    Raises:
        ValueFormatError: for a list or tree that never ends.
    """
    kind = type(value).__name__
    if kind == "ListNode" and hasattr(value, "next"):
        return LinkedList(tuple(_walk(value)))
    if kind == "TreeNode" and hasattr(value, "left"):
        return BinaryTree(_levels(value))
    if type(value) is list and depth < MAX_DEPTH and any(type(i).__name__ in _NODE_NAMES for i in value):
        return [taken_apart(item, depth=depth + 1) for item in value]
    return value


def written(value: LinkedList | BinaryTree, write: Callable[[Any], Iterable[str]]) -> Iterator[str]:
    """The calls that make a list or a tree, piece by piece: ``ListNode(1, ListNode(2))``, ``TreeNode(1, None, ...)``.

    A program that holds the text makes the same nodes. However deep they lie, Python's stack stays as it is.

    Args:
        value: a list or a tree.
        write: how the values in it are written.
    """
    if isinstance(value, LinkedList):
        for index, item in enumerate(value.values):
            yield ", ListNode(" if index else "ListNode("
            yield from write(item)
        yield ")" * len(value.values)
        return
    nodes = list(accumulate(item is not None for item in value.values))  # each of them has the next two places
    waiting: list[str | int] = [0]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
            continue
        yield "TreeNode("
        yield from write(value.values[part])
        places = (2 * nodes[part] - 1, 2 * nodes[part])
        left, right = (place < len(nodes) and value.values[place] is not None for place in places)
        after: list[str | int] = [", ", places[0]] if left else [", None"] if right else []
        after += [", ", places[1]] if right else []
        waiting += [")", *reversed(after)]


_NODE_NAMES = ("ListNode", "TreeNode", "list")


def _walk(node: Any) -> list[Any]:
    values = []
    while node is not None:
        values.append(node.val)
        if len(values) > _MAX_NODES:
            raise ValueFormatError("a linked list that never ends")
        node = node.next
    return values


def _list(values: tuple[Any, ...], node_class: Any) -> Any:
    first = None
    for item in reversed(values):
        node = _node(item, node_class, links=1)
        node.next, first = first, node
    return first


def _node(value: Any, node_class: Any, *, links: int) -> Any:
    """A node without neighbours; the program's class may want them told."""
    try:
        return node_class(value)
    except TypeError:
        return node_class(value, *[None] * links)


def _tree(values: tuple[Any, ...], node_class: Any) -> Any:
    root = _node(values[0], node_class, links=2)
    parents, rest = deque([root]), iter(values[1:])
    for left in rest:
        parent = parents.popleft()
        if left is not None:
            parent.left = _node(left, node_class, links=2)
            parents.append(parent.left)
        right = next(rest, None)
        if right is not None:
            parent.right = _node(right, node_class, links=2)
            parents.append(parent.right)
    return root


def _levels(root: Any) -> tuple[Any, ...]:
    values: list[Any] = []
    level = deque([root])
    while level:
        node = level.popleft()
        values.append(None if node is None else node.val)
        if len(values) > _MAX_NODES:
            raise ValueFormatError("a tree that never ends")
        if node is not None:
            level += [node.left, node.right]
    while values and values[-1] is None:
        values.pop()
    return tuple(values)
