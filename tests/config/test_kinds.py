import pytest

from trioredis.config import find
from trioredis.config.kinds import ConfigError, parse_memory, quoted, write_memory


def parsed(name, *words, current=None):
    return find(name).kind.parse(words, current)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"1", 1),
        (b"1b", 1),
        (b"1k", 1000),
        (b"1KB", 1024),
        (b"2m", 2_000_000),
        (b"2Mb", 2 * 2**20),
        (b"3g", 3_000_000_000),
        (b"3gB", 3 * 2**30),
        (b"", 0),
        (b"kb", 0),
        (b"0" * 40 + b"7", 7),
        (b"9" * 10_000, 2**64 - 1),
        (b"99999999999999999999gb", 2**64 - 2**30),
        (b"-1", None),
        (b"+1", None),
        (b" 1", None),
        (b"1 kb", None),
        (b"1.5mb", None),
        (b"0x10", None),
        (b"1tb", None),
        (b"1_0", None),
        ("٣".encode(), None),
    ],
)
def test_memory_is_read_with_its_unit(text, expected):
    assert expected == parse_memory(text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, b"0"),
        (1, b"1"),
        (1000, b"1000"),
        (3072, b"3kb"),
        (2**20, b"1mb"),
        (2**30, b"1gb"),
        (1536 * 2**20, b"1536mb"),
    ],
)
def test_memory_is_written_with_the_largest_unit_that_divides_it(number, expected):
    assert expected == write_memory(number)


def test_quoted_text_is_printable_ascii():
    assert rb'"a\"\\b\n\r\t\a\b\x00\xff ~"' == quoted(b'a"\\b\n\r\t\a\b\0\xff ~')


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        (b"timeout", [b"7"], 7),
        (b"unixsocketperm", [b"755"], 0o755),
        (b"hz", [b"0"], 1),
        (b"hz", [b"2147483647"], 500),
        (b"repl-backlog-size", [b"1kb"], 16384),
        (b"protected-mode", [b"YES"], True),
        (b"maxmemory-policy", [b"AllKeys-LRU"], b"allkeys-lru"),
        (b"maxmemory-clients", [b"10%"], -10),
        (b"maxmemory-clients", [b"1gb"], 2**30),
        (b"save", [b"900", b"1", b"300", b"10"], ((900, 1), (300, 10))),
        (b"save", [b""], ()),
        (b"bind", [b"127.0.0.1", b"-::1"], (b"127.0.0.1", b"-::1")),
        (b"bind", [b""], ()),
        (b"shutdown-on-sigterm", [b"force", b"NOW"], (b"now", b"force")),
        (b"shutdown-on-sigterm", [b"default"], ()),
        (b"oom-score-adj-values", [b"-5", b"0", b"5"], (-5, 0, 5)),
        (b"latency-tracking-info-percentiles", [b"50.0", b"0x10"], (50.0, 16.0)),
        (b"notify-keyspace-events", [b"KEg$lshzxetd"], b"g$lshzxetdKE"),
        (b"notify-keyspace-events", [b"mKEAn"], b"g$lshzxetdnKEm"),
        (b"replicaof", [b"localhost", b"6379"], (b"localhost", 6379)),
        (b"replicaof", [b"NO", b"one"], None),
    ],
)
def test_values_are_python_objects(name, words, expected):
    assert expected == parsed(name, *words)


@pytest.mark.parametrize("port", [b"-1", b"65536", b"", b"x"])
def test_a_master_needs_a_port(port):
    with pytest.raises(ConfigError, match=r"^Invalid master port$"):
        parsed(b"replicaof", b"localhost", port)


def test_more_than_sixteen_addresses_are_too_many():
    with pytest.raises(ConfigError, match=r"^Too many bind addresses specified\.$"):
        parsed(b"bind", *[b"127.0.0.1"] * 17)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (b"appendfilename", b"", "appendfilename can't be empty"),
        (b"appendfilename", b"a/b", "appendfilename can't be a path, just a filename"),
        (b"dbfilename", b"../dump.rdb", "dbfilename can't be a path, just a filename"),
        (b"cluster-announce-human-nodename", b"a b", "Announced human node name contained invalid character"),
    ],
)
def test_some_texts_are_checked(name, text, reason):
    with pytest.raises(ConfigError) as caught:
        parsed(name, text)
    assert reason == str(caught.value)
