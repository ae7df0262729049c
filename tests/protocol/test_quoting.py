"""How people quote arguments, and how we quote them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.protocol.quoting import quote, split_arguments

LINES = [
    (b"", []),
    (b" \t\v\f\r\n", []),
    (b"set key value", [b"set", b"key", b"value"]),
    (b"  set\tkey\r\nvalue ", [b"set", b"key", b"value"]),
    (b'""', [b""]),
    (b"'' \"\"", [b"", b""]),
    (b'"a b"', [b"a b"]),
    (rb'"\x41\x0a\n\r\t\b\a\"\\\q"', b'A\n\n\r\t\b\a"\\q'.split(b"?")),
    (rb'"\xzz\x4"', [b"xzzx4"]),
    (rb"'a\'b\n\\ '", [rb"a'b\n\\ "]),
    (rb"'a\\'", None),
    (rb"a\nb", [rb"a\nb"]),
    (b'a"b c"', [b"ab c"]),
    (b"a'b c' d", [b"ab c", b"d"]),
    (b"a\vb\fc", [b"a\vb\fc"]),
    (b'"a"\vb', [b"a", b"b"]),
    (b'a "b\0c"', None),
    (b"a\0b 'c", [b"a"]),
    (b'"', None),
    (b"'", None),
    (b'"a', None),
    (rb'"a\"', None),
    (rb"'a\'", None),
    (b'"a"b', None),
    (b"'a'b", None),
    (b'"a""b"', None),
    (b"a'b'c", None),
]


@pytest.mark.parametrize(("line", "words"), LINES)
def test_a_line_is_split_as_redis_splits_it(line, words):
    assert words == split_arguments(line)


@pytest.mark.parametrize(
    ("line", "words"), [(line, words) for line, words in LINES if words and b"\0" not in line]
)
def test_the_oracle_splits_the_line_alike(oracle_wire, line, words):
    line = line.replace(b"\n", b" ")
    oracle_wire.send(b"LPUSH inline " + line + b"\r\n")
    oracle_wire.read_raw()
    assert words[::-1] == oracle_wire.ask("LRANGE", "inline", 0, -1)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (b"", b'""'),
        (b"foo bar", b'"foo bar"'),
        (b'"\\', rb'"\"\\"'),
        (b"\n\r\t\a\b", rb'"\n\r\t\a\b"'),
        (b"\0\x1f\x7f\xff", rb'"\x00\x1f\x7f\xff"'),
    ],
)
def test_quoting_escapes_what_cannot_be_printed(text, quoted):
    assert quoted == quote(text)


@given(st.lists(st.binary()))
def test_what_is_quoted_is_read_back(words):
    assert words == split_arguments(b" ".join(map(quote, words)))


def test_a_long_line_takes_linear_time():
    assert [b"\\" * 300_000] == split_arguments(b'"' + b"\\" * 600_000 + b'"')
    assert split_arguments(b'"' + b"\\" * 600_001 + b'"') is None
