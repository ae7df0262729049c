"""Jobs for RQ."""


def add(first: int, second: int) -> int:
    return first + second


def fail() -> None:
    raise ZeroDivisionError("on purpose")
