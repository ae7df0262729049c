"""CONFIG: what it answers, what it changes, what it writes."""

from pathlib import Path
from random import Random

import pytest

from bare_engine import ManualTime, Session
from oracle import Wire
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.config.settings import Config
from trioredis.env import Env, FileSystem


@pytest.mark.parametrize(
    "line",
    [
        "CONFIG",
        "CONFIG GET",
        "CONFIG GET nonsense",
        "CONFIG GET MaxClients",
        "CONFIG GET maxclients maxclient?",
        "CONFIG GET slowlog-max-l*",
        "CONFIG GET appendonly",
        "CONFIG SET",
        "CONFIG SET maxclients",
        "CONFIG SET maxclients 1 hz",
        "CONFIG SET nonsense 1",
        "CONFIG SET maxclients x",
        "CONFIG SET maxclients 0",
        "CONFIG SET hz 20 hz 10",
        "CONFIG SET port 99999",
        "CONFIG SET dir /",
        "CONFIG SET databases 8",
        "CONFIG REWRITE",
        "CONFIG REWRITE now",
        "CONFIG RESETSTAT",
        "CONFIG RESETSTAT all",
        "CONFIG NONSENSE",
        "CONFIG HELP me",
    ],
)
def test_replies_are_those_of_redis(line: str, both: Both) -> None:
    both(line)


def test_several_directives_change_together_or_not_at_all(call: Session) -> None:
    assert b"+OK\r\n" == call("CONFIG SET maxclients 7 tcp-keepalive 5")
    assert b"*4\r\n$10\r\nmaxclients\r\n$1\r\n7\r\n$13\r\ntcp-keepalive\r\n$1\r\n5\r\n" == call(
        "CONFIG GET maxclients tcp-keepalive"
    )
    assert call("CONFIG SET maxclients 8 tcp-keepalive -1").startswith(b"-ERR CONFIG SET failed")
    assert (7, 5) == (call.engine.config[b"maxclients"], call.engine.config[b"tcp-keepalive"])


def test_help_names_every_subcommand(call: Session) -> None:
    reply = call("CONFIG HELP")
    assert reply.startswith(b"*11\r\n+CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n")
    for usage in (b"GET <", b"HELP\r\n", b"RESETSTAT\r\n", b"REWRITE\r\n", b"SET <"):
        assert b"\r\n+" + usage in reply


def test_resetstat_forgets_what_redis_forgets(call: Session, manual_time: ManualTime) -> None:
    for line in ("SET a x PX 1", "INCR a", "GET a", "GET b", "GET"):
        call(line)
    manual_time.pass_by(1)
    call("GET a")
    engine = call.engine
    engine.stats.net_input = engine.stats.net_output = 99
    call("INFO stats")
    assert b"+OK\r\n" == call("CONFIG RESETSTAT")
    engine.commands.fold_stats()
    assert {b"config|resetstat": 1} == {
        entry.command.name: entry.stats.calls for entry in engine.commands.entries() if entry.stats.calls
    }
    stats, keys = engine.stats, engine.keyspace.stats
    assert (0, 0, 0, 0) == (stats.connections, stats.net_input, stats.net_output, stats.error_replies)
    assert (0, 0, 0) == (keys.hits, keys.misses, keys.expired)
    assert {} == stats.errors
    assert b"instantaneous_ops_per_sec:0\r\n" in call("INFO stats")


def test_resetstat_keeps_the_number_of_changes(call: Session, oracle_wire: Wire) -> None:
    def changes(reply: bytes) -> int:
        return int(reply.partition(b"rdb_changes_since_last_save:")[2].split()[0])

    before = changes(oracle_wire.command("INFO", "persistence"))
    for line in ("SET a 1", "SET b 1", "CONFIG RESETSTAT"):
        call(line)
        oracle_wire.command(*line.split())
    assert before + 2 == changes(oracle_wire.command("INFO", "persistence"))
    assert 2 == changes(call("INFO persistence"))


# CONFIG REWRITE


def opened(path: Path | None, files: FileSystem | None = None) -> Session:
    return Session.open(Env(Clock(), Random(0), files or FileSystem()), Config(path=path))


def test_rewrite_puts_the_values_into_the_file_and_keeps_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "redis.conf"
    path.write_bytes(b"# mine\nmaxclients 10\n")
    call = opened(path)
    call("CONFIG SET maxclients 20 timeout 3")
    assert b"+OK\r\n" == call("CONFIG REWRITE")
    lines = path.read_bytes().splitlines()
    assert [b"# mine", b"maxclients 20"] == lines[:2]
    assert {b"timeout 3", b'dir "%b"' % str(Path.cwd()).encode()} <= set(lines)


def test_rewrite_makes_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "redis.conf"
    call = opened(path)
    call("CONFIG SET maxclients 20")
    assert b"+OK\r\n" == call("CONFIG REWRITE")
    assert b"maxclients 20" in path.read_bytes().splitlines()


def test_rewrite_tells_why_it_failed(tmp_path: Path) -> None:
    class FullDisk(FileSystem):
        def replace(self, path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    reply = opened(tmp_path / "redis.conf", FullDisk())("CONFIG REWRITE")
    assert b"-ERR Rewriting config file: No space left on device\r\n" == reply
