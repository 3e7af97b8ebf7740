# family: right
# expect: passed
# levels: namespaces process
# after: nothing
# note: a dataclass inside

from dataclasses import dataclass, field


@dataclass(order=True)
class Item:
    value: int
    note: str = field(default='', compare=False)


def merge(a, b):
    return [item.value for item in sorted(Item(n) for n in a + b)]
