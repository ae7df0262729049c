"""Where keys stand: what we find in a command line, and what Redis finds in it."""

import pytest

from oracle import Failure, Wire
from trioredis.engine.key_specs import KeySpec, are_movable, legacy_range, parse_key_flags, positions

ONE = KeySpec(1, flags="RO ACCESS")
SPECS = {
    "GET": [ONE],
    "DEL": [KeySpec(1, last=-1, flags="RM DELETE")],
    "BLPOP": [KeySpec(1, last=-2, flags="RW ACCESS DELETE")],
    "MSET": [KeySpec(1, last=-1, step=2, flags="OW UPDATE")],
    "RENAME": [KeySpec(1, flags="RW ACCESS DELETE"), KeySpec(2, flags="OW UPDATE")],
    "OBJECT": [KeySpec(2, flags="RO")],
    "EVAL": [KeySpec(2, numkeys=True, flags="RW ACCESS UPDATE")],
    "ZUNIONSTORE": [KeySpec(1, flags="OW UPDATE"), KeySpec(2, numkeys=True, flags="RO ACCESS")],
    "XREAD": [KeySpec(after="STREAMS", last=-1, limit=2, flags="RO ACCESS")],
    "MIGRATE": [
        KeySpec(3, flags="RW ACCESS DELETE"),
        KeySpec(after="KEYS", start=-2, last=-1, flags="RW ACCESS DELETE INCOMPLETE"),
    ],
    "GEORADIUS": [
        KeySpec(1, flags="RO ACCESS"),
        KeySpec(after="STORE", start=6, flags="OW UPDATE"),
        KeySpec(after="STOREDIST", start=6, flags="OW UPDATE"),
    ],
}


@pytest.mark.parametrize(
    "line",
    [
        "GET a",
        "DEL a",
        "DEL a b c",
        "BLPOP a b 0",
        "MSET a 1 b 2",
        "MSET a 1 b",
        "RENAME a b",
        "OBJECT ENCODING a",
        "EVAL script 2 a b c",
        "EVAL script 1 a",
        "EVAL script 0",
        "EVAL script 3 a b",
        "EVAL script -1 a b",
        "EVAL script x a b",
        "ZUNIONSTORE a 2 b c WEIGHTS 1 2",
        "ZUNIONSTORE a 0 b c",
        "XREAD COUNT 2 STREAMS a b 0 0",
        "XREAD COUNT 2 streams a 0",
        "XREAD COUNT 2 STREAMS a b 0",
        "XREAD STREAMS STREAMS a 1",
        "XREAD COUNT 2 STREAMS",
        "MIGRATE host 6379 a 0 10",
        "GEORADIUS a 1 1 1 m STORE b STOREDIST c",
        "GEORADIUS a 1 1 1 STORE b",
        "GEORADIUS a 1 1 1 m STORE",
    ],
)
def test_finds_the_keys_that_redis_finds(line: str, oracle_wire: Wire) -> None:
    argv = line.encode().split()
    found = positions(SPECS[line.split()[0]], argv)
    keys = [argv[index] for index, _ in found or ()]
    answer = oracle_wire.ask("COMMAND", "GETKEYS", *argv)
    assert keys == ([] if isinstance(answer, Failure) else answer)


def test_a_channel_is_no_key() -> None:
    assert [] == positions([KeySpec(1, last=-1, flags="NOT_KEY")], [b"ssubscribe", b"channel"])


def test_what_cannot_be_known_is_not_guessed() -> None:
    assert None is positions([ONE, KeySpec(flags="OW UPDATE")], [b"sort", b"a", b"store", b"b"])


def test_a_keyword_that_is_looked_for_backwards_may_have_a_namesake() -> None:
    migrate = SPECS["MIGRATE"][1:]
    argv = b"MIGRATE keys 6379 '' 0 10 KEYS a b".split()
    assert [7, 8] == [index for index, _ in positions(migrate, argv) or ()]


@pytest.mark.parametrize("name", SPECS)
def test_tells_clients_of_old_what_redis_tells_them(name: str, oracle_wire: Wire) -> None:
    command = "OBJECT|ENCODING" if name == "OBJECT" else name
    [(_name, _arity, flags, *legacy, _categories, _tips, _specs, _subcommands)] = oracle_wire.ask(
        "COMMAND", "INFO", command
    )
    assert tuple(legacy) == legacy_range(SPECS[name])
    assert (b"movablekeys" in flags) == are_movable(SPECS[name])


def test_a_word_that_is_no_key_flag_is_refused() -> None:
    with pytest.raises(KeyError, match="ACCES"):
        KeySpec(1, flags="RO ACCES")


def test_key_flags_are_a_set() -> None:
    assert parse_key_flags("ACCESS RW") == parse_key_flags("RW ACCESS ACCESS")
