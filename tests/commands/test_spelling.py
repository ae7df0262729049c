"""Errors that quote the name of their command as it was typed, beside a real Redis."""

import pytest

from side_by_side import Both


@pytest.mark.parametrize(
    "line",
    [
        "Acl cAt x y",
        "Client pause 1 x y",
        "client unBlock 1 x y",
        "config gEt",
        "geoSearch k byRadius 1 m asc any",
        "geosearch k fromMember m count 1",
        "GEOsearchStore d k byRadius 1 m asc any",
        "geosearchstore d k fromMember m count 1",
        "Object freQ",
        "object nOpe",
        "pubsub Channels x y",
        "Slowlog gEt 1 2",
        "xgroup Create k g 0 x",
        "xgroup creAte k g 0 mkstream mkstream mkstream mkstream",
        "Xgroup setid k g 0 x",
        "xinfo sTream s x",
        "Nope x",
        "gEt",
    ],
)
def test_names_are_quoted_as_in_redis(line: str, both: Both) -> None:
    both("XADD s 1-1 a b")
    assert both(line).startswith(b"-ERR ")
    both.transcript("MULTI", line, "EXEC")
