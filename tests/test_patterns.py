"""The glob matcher: a table to read, the oracle for the rest, and patterns that were made to hurt."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracle import Oracle
from trioredis.patterns import compile_pattern, matches

TABLE = [
    # pattern, texts that match, texts that do not
    (b"", [b""], [b"a"]),
    (b"*", [b"", b"a", b"a\nb", b"\xff"], []),
    (b"**", [b"a"], [b""]),
    (b"?", [b"a", b"\n", b"\x00"], [b"", b"ab"]),
    (b"user:*", [b"user:", b"user:1"], [b"user", b"xuser:1"]),
    (b"user:**", [b"user:", b"user:1"], [b"user"]),
    (b"h?llo", [b"hello", b"h\nllo"], [b"hllo", b"Hello"]),
    (b"h*llo*", [b"hllo", b"heeeello!"], [b"hell"]),
    (b"*a*b", [b"ab", b"aab", b"xaxb", b"abab"], [b"b", b"aba"]),
    (b"h[ae]llo", [b"hello", b"hallo"], [b"hillo", b"h[ae]llo"]),
    (b"h[^e]llo", [b"hallo", b"h^llo"], [b"hello"]),
    (b"[c-a]", [b"a", b"b", b"c"], [b"d", b"-"]),
    (b"[a-]", [b"]", b"^", b"a"], [b"-", b"b"]),
    (b"[\\]]", [b"]"], [b"\\"]),
    (b"[", [], [b"[", b""]),
    (b"[]", [], [b"", b"]"]),
    (b"[^]", [b"a"], [b""]),
    (b"[^", [b"a"], [b""]),
    (b"[ab", [b"a", b"b"], [b"[ab"]),
    (b"[\x01-\xff]", [b"\xff", b"\x00", b"\x01"], [b"\x80", b"a"]),
    (b"\\*", [b"*"], [b"a", b"\\*"]),
    (b"\\a", [b"a"], [b"\\a"]),
    (b"a\\", [b"a\\"], [b"a"]),
    (b"a.c", [b"a.c"], [b"abc"]),
    (b"a{2}|(", [b"a{2}|("], [b"aa"]),
    (b"[&&][~~][||][a--]", [b"&~|A"], [b"&~|z"]),
]


@pytest.mark.parametrize(("pattern", "good", "bad"), TABLE)
def test_a_pattern_matches(pattern: bytes, good: list[bytes], bad: list[bytes]) -> None:
    assert good == [text for text in good + bad if matches(pattern, text)]


@pytest.mark.parametrize(
    ("pattern", "good"),
    [
        (b"MAX*", b"max"),
        (b"*MEM*", b"maxmemory"),
        (b"M\\AX", b"max"),
        (b"Ma[X-Y]*", b"maxmemory"),
        (b"[XM]ax", b"max"),
        (b"[Z-A]ax", b"max"),
        (b"[^M-N]ax", b"fax"),
        (b"*", b""),
    ],
)
def test_case_can_be_ignored(pattern: bytes, good: bytes) -> None:
    assert compile_pattern(pattern, ignore_case=True)(good)


@pytest.mark.parametrize("pattern", [b"MA", b"[\\M]ax", b"[Z-_]ax", b"[^M]ax", b"[^A-Z]ax"])
def test_ranges_are_turned_around_before_case_is_ignored_and_escapes_in_classes_keep_theirs(
    pattern: bytes,
) -> None:
    assert not compile_pattern(pattern, ignore_case=True)(b"max")


BYTES = b"abc-]^[*?\\\x80\xff\n\x00."
texts = st.lists(st.sampled_from(BYTES), max_size=6).map(bytes)
patterns = st.lists(st.sampled_from(BYTES + b"[]**?"), max_size=9).map(bytes)


@settings(deadline=None, max_examples=200)
@given(st.lists(texts, min_size=1, max_size=30, unique=True), st.lists(patterns, max_size=10))
def test_a_pattern_finds_the_keys_that_redis_finds(
    oracle: Oracle, keys: list[bytes], globs: list[bytes]
) -> None:
    with oracle.connect() as wire:
        wire.command("FLUSHALL")
        wire.command("MSET", *[part for key in keys for part in (key, "")])
        for glob in globs:
            match = compile_pattern(glob)
            assert wire.ask("DBSIZE") == len(keys)
            found = wire.ask("KEYS", glob)
            assert isinstance(found, list)
            assert set(found) == {key for key in keys if match(key)}


@pytest.mark.parametrize(
    "pattern", [b"a*" * 60 + b"b", b"*a?[a-c]" * 60 + b"b", b"*" * 5000 + b"b", b"*?" * 500 + b"b"]
)
def test_no_pattern_takes_more_than_its_length_times_that_of_the_text(pattern: bytes) -> None:
    """The naive matcher would need longer than the universe has existed; this test ends."""
    assert not matches(pattern, b"a" * 20_000)


@pytest.mark.parametrize(
    "pattern", [b"*a?c*", b"*a[ab]c*", b"*[ab][ab]c?b*", b"*?*?[^ab]*a?a*", b"*b?b??ca*b"]
)
def test_what_stands_far_behind_is_found(pattern: bytes) -> None:
    assert matches(pattern, b"ab" * 500 + b"aac" + b"ab" * 500)


@pytest.mark.parametrize(
    "pattern", [b"*a?d*", b"*[ab][ab]c?a*", b"*?[^ab]*?[^ab]*", b"*a?c*a?c*", b"*a?c*" + b"?" * 1001]
)
def test_what_stands_nowhere_is_not_found(pattern: bytes) -> None:
    assert not matches(pattern, b"ab" * 500 + b"aac" + b"ab" * 500)


def test_what_clients_choose_does_not_stay_in_memory() -> None:
    re.purge()
    compile_pattern(b"*h?llo[a-c]*")(b"hello")
    assert {} == getattr(re, "_cache")  # noqa: B009 - private, and that is the point
