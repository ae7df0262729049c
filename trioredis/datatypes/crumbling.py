"""How a sorted list is freed in small steps."""

from collections.abc import Iterator

from sortedcontainers import SortedList


def crumbled(entries: "SortedList[bytes]") -> Iterator[object]:
    """Free a sorted list that nobody else refers to, one or two thousand entries a step.

    It is made of short lists. `SortedList.pop` joins them anew as they get shorter, which takes ten times as long.
    """
    lists = entries._lists
    del entries
    while lists:
        yield lists.pop()
