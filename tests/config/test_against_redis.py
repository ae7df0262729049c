"""Every directive, asked of this server's configuration and of a real Redis 7.0: the same names, values and errors.

Where the two differ it is listed here: what 7.2 added, what this server refuses because it cannot keep the promise,
and what the operating system has a say in (the server's part, not the configuration's).
"""

import os

import pytest

from oracle import Failure, is_installed, redis_server
from trioredis.config import DIRECTIVES, Config, departures
from trioredis.config.directives import Trait
from trioredis.errors import CommandError

SINCE_7_2 = {
    b"cluster-announce-human-nodename",
    b"locale-collate",
    b"set-max-listpack-entries",
    b"set-max-listpack-value",
}
READ_BY_ATOI = {(b"save", b"1 ")}  # Redis 7.0 takes no digits for a 0
ASKS_THE_SYSTEM = {b"bind", b"port", b"maxclients", b"oom-score-adj", b"watchdog-period"}
OURS_ALONE = {b"port", b"dir", *(directive.name for directive in departures())}

NUMBERS = [
    number + step
    for number in (0, 10, 99, 100, 500, 1000, 1024, 2**14, 2**16, 2**20, 2**31, 2**32, 2**63, 2**64)
    for step in (-1, 0, 1)
]
PROBES = [
    *(b"%d" % number for number in NUMBERS),
    *(b"%d" % number for number in (-(2**31) - 1, -(2**31), -2, -(2**63))),
    *b'|abc|yes|NO|Local|50%|1kb|1G|1 2|1 2 3|7 8 9 10| 1|1 |1_0|+1|01|-0|1e3|1.5|0x10|a"b|a/b|a\tb|KEA|gxKE|kb'.split(
        b"|"
    ),
    *b"normal 1 2 3|replica 1kb 2 3|pubsub 0 0|none 1 1 1|normal x 1 1|now force|save nosave|50 99.9|101|nan".split(
        b"|"
    ),
    *b"allkeys-lru|always|clients|hostname|on-empty-db|warning|panic|{title}|{nothing}|optional|\xff\x00".split(
        b"|"
    ),
    "٣".encode(),
]


@pytest.fixture(scope="module")
def wire():
    if not is_installed():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("redis-server is not installed")
    with (
        redis_server("--client-output-buffer-limit", "normal", "1gb", "0", "0") as server,
        server.connect() as wire,
    ):
        yield wire


def shown(wire, name):
    return dict(zip(*[iter(wire.ask("CONFIG", "GET", name))] * 2, strict=True))


def outcome(config, name, value):
    try:
        config.set([(name, value)])
    except CommandError as error:
        return error.text
    return config.get(name)


def oracle_outcome(wire, name, value):
    reply = wire.ask("CONFIG", "SET", name, value)
    return bytes(reply) if isinstance(reply, Failure) else shown(wire, name)


def test_the_names_are_those_of_redis(wire):
    assert set(shown(wire, "*")) | SINCE_7_2 == set(Config().get(b"*"))


def test_the_defaults_are_those_of_redis(wire):
    ours = {name: value for name, value in Config().get(b"*").items() if name not in SINCE_7_2 | OURS_ALONE}
    theirs = {name: value for name, value in shown(wire, "*").items() if name in ours}
    theirs |= {b"enable-debug-command": b"no"}  # which the oracle was given
    assert theirs == ours


def test_hidden_directives_are_those_of_redis(wire):
    hidden = [directive.name for directive in DIRECTIVES if Trait.HIDDEN in directive.traits]
    for name in hidden:
        assert shown(wire, name) == Config().get(name)
        assert shown(wire, name + b"*") == Config().get(name + b"*") == {}


@pytest.mark.parametrize(
    "name", [name.decode() for directive in DIRECTIVES for name in directive.names if name not in SINCE_7_2]
)
def test_every_value_is_taken_or_refused_as_by_redis(wire, name):
    name = name.encode()
    before = shown(wire, name)[name]
    for value in PROBES:
        ours = outcome(Config(), name, value)
        is_taken = isinstance(ours, dict)
        if (not is_taken and b"- refused: " in ours) or (is_taken and name in ASKS_THE_SYSTEM):
            continue
        if (name, value) in READ_BY_ATOI:
            continue
        theirs = oracle_outcome(wire, name, value)
        if name == b"loglevel" and not is_taken:
            ours = ours.removesuffix(b", nothing")  # 7.2 added it
        assert (value, theirs) == (value, ours)
        if is_taken:
            wire.command("CONFIG", "SET", name, before)


@pytest.mark.parametrize(
    "arguments",
    [
        "foo 1",
        "timeout 1 foo 2 daemonize no",
        "daemonize no foo 1",
        "DAEMONIZE no dir /",
        "Dir /",
        "timeout 1 timeout 2",
        "timeout 1 TIMEOUT 2",
        "timeout 5 hz abc",
        "SLAVE-read-only x",
        "slave-read-only yes replica-read-only no",
    ],
)
def test_several_at_once_fail_as_in_redis(wire, arguments):
    words = arguments.encode().split()
    config = Config()
    try:
        config.set(list(zip(words[::2], words[1::2], strict=True)))
        ours = b"OK"
    except CommandError as error:
        ours = error.text
    assert wire.ask("CONFIG", "SET", *words) == ours
    assert shown(wire, b"timeout") == config.get(b"timeout")


@pytest.mark.parametrize(
    "patterns",
    [
        "*",
        "MAXCLIENTS timeout",
        "max*",
        "Timeou[t] timeout",
        "*-PRIOrity",
        "nothing",
        "Key-Load-Delay *key*",
        "\\*",
        "?z",
    ],
)
def test_patterns_show_the_same_names(wire, patterns):
    theirs = wire.ask("CONFIG", "GET", *patterns.split())[::2]
    ours = Config().get(*patterns.encode().split())
    assert sorted(theirs) == sorted(set(ours) - SINCE_7_2)
