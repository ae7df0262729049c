"""CONFIG SET changes what the engine made from a directive before."""

from pathlib import Path

import pytest

from bare_engine import ManualTime, Session
from trioredis.clock import Clock
from trioredis.config.kinds import ConfigError
from trioredis.config.settings import Config
from trioredis.engine.clients import Unusual
from trioredis.env import Env


@pytest.fixture
def call(manual_time: ManualTime) -> Session:
    return opened(manual_time)


def opened(manual_time: ManualTime, **directives: object) -> Session:
    config = Config()
    config.values |= {name.replace("_", "-").encode(): value for name, value in directives.items()}
    return Session.open(Env(Clock(manual_time, manual_time)), config)


def test_clients_that_are_there_already_get_a_timeout(call: Session, manual_time: ManualTime) -> None:
    call("CONFIG SET timeout 10")
    manual_time.pass_by(10)
    call.engine.clock.refresh()
    call.engine.timers.run_due(call.engine.clock.monotonic)
    assert call.client.gone


def test_a_longer_timeout_takes_the_place_of_the_shorter_one(call: Session, manual_time: ManualTime) -> None:
    call("CONFIG SET timeout 10")
    call("CONFIG SET timeout 20")
    assert manual_time.seconds + 20 == call.engine.timers.earliest
    call("CONFIG SET timeout 0")
    assert call.engine.timers.earliest is None


def test_a_new_password_asks_nobody_who_is_in(call: Session) -> None:
    call("CONFIG SET requirepass secret")
    assert b"$-1\r\n" == call("GET k")
    newcomer = call.another()
    assert newcomer("GET k").startswith(b"-NOAUTH")


def test_without_a_password_everybody_is_in(manual_time: ManualTime) -> None:
    call = opened(manual_time, requirepass=b"secret")
    assert call.client.unusual & Unusual.UNAUTHENTICATED
    call.engine.config.set([(b"requirepass", b"")])
    assert b"$-1\r\n" == call("GET k")
    assert call.client.connection.has_authenticated


def test_a_server_may_start_without_tracking_latency(manual_time: ManualTime) -> None:
    call = opened(manual_time, latency_tracking=False)
    call("GET k")
    assert b"*0\r\n" == call("LATENCY HISTOGRAM")


def test_the_slow_log_is_trimmed(call: Session) -> None:
    for number in range(5):
        call.engine.slowlog.add([b"%d" % number], 0, 1, b"", b"", keep=100)
    call("CONFIG SET slowlog-max-len 2")
    assert [[b"4"], [b"3"]] == [entry.argv for entry in call.engine.slowlog.entries]


# dir


def test_the_directory_is_absolute_and_the_process_stays_where_it_is(call: Session) -> None:
    here = str(Path.cwd())
    assert b"*2\r\n$3\r\ndir\r\n$%d\r\n%b\r\n" % (len(here), here.encode()) == call("CONFIG GET dir")


def test_a_directory_is_relative_to_the_one_before(manual_time: ManualTime, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    call = opened(manual_time, enable_protected_configs=b"yes", dir=str(tmp_path).encode())
    here = Path.cwd()
    assert b"+OK\r\n" == call("CONFIG SET dir sub")
    assert (tmp_path / "sub").resolve() == call.engine.directory
    assert b"+OK\r\n" == call("CONFIG SET dir ..")
    assert str(tmp_path.resolve()).encode() == call.engine.config[b"dir"]
    assert here == Path.cwd()


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere", b"No such file or directory"), ("file", b"Not a directory")]
)
def test_what_is_no_directory_is_refused(
    name: str, reason: bytes, manual_time: ManualTime, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    call = opened(manual_time, enable_protected_configs=b"yes", dir=str(tmp_path).encode())
    text = b"-ERR CONFIG SET failed (possibly related to argument 'dir') - " + reason
    assert text + b"\r\n" == call("CONFIG", "SET", "maxclients", 7, "dir", name)
    assert (tmp_path.resolve(), 10000) == (call.engine.directory, call.engine.config[b"maxclients"])


def test_a_server_does_not_start_in_a_directory_that_is_not_there(manual_time: ManualTime) -> None:
    with pytest.raises(ConfigError, match="dir: '/nowhere': No such file or directory"):
        opened(manual_time, dir=b"/nowhere")
