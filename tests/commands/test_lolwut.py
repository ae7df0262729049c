"""LOLWUT: a piece of art, and the version."""

import pytest

from bare_engine import Session
from side_by_side import Both


def drawing(reply: bytes) -> list[str]:
    """The lines of the text in a reply."""
    return reply.partition(b"\r\n")[2].decode().removesuffix("\r\n").splitlines()


@pytest.mark.parametrize("line", ["LOLWUT", "LOLWUT VERSION", "LOLWUT VERSION 5", "LOLWUT a b c"])
def test_a_drawing_ends_with_the_version(call: Session, line: str) -> None:
    *rows, blank, caption = drawing(call(line))
    assert [40] * 12 == [len(row) for row in rows]
    assert "" == blank
    assert {"╱", "╲"} == set().union(*rows)  # noqa: RUF001
    assert caption.endswith("Redis ver. 7.2.4")


def test_it_differs_every_time_but_a_version_is_always_the_same(call: Session) -> None:
    assert call("LOLWUT") != call("LOLWUT")
    assert call("LOLWUT VERSION 6") == call("LOLWUT version 6")
    assert call("LOLWUT VERSION 5") != call("LOLWUT VERSION 6")


def test_it_is_verbatim_text(call: Session) -> None:
    call.client.speak(3)
    assert call("LOLWUT").startswith(b"=")


def test_a_version_is_a_number(both: Both) -> None:
    both("LOLWUT VERSION x")
