"""A server for synchronous programs: in a thread that is there for a block, and not before or after."""

import errno
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
import redis

import trioredis
from program import run
from trioredis.env import Env
from trioredis.machine import Machine
from trioredis.server.store import Store
from trioredis.testing import server_thread


def open_files() -> set[str]:
    return {entry.name for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()}


def test_the_url_is_what_client_libraries_take() -> None:
    with server_thread() as url, redis.Redis.from_url(url) as client:
        client.set("key", "value")
        assert b"value" == client.get("key")


def test_the_arguments_are_those_of_serve(tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    with (
        server_thread(port=None, unixsocket=str(path), requirepass="secret") as url,
        redis.Redis.from_url(url, password="secret") as client,
    ):
        assert f"unix://{path}" == url
        assert client.ping()


def test_nothing_is_left_behind() -> None:
    before = open_files(), threading.enumerate()
    with server_thread(bind="127.0.0.1") as url, redis.Redis.from_url(url) as client:
        client.ping()
        assert 1 + len(before[1]) == len(threading.enumerate())
    assert before == (open_files(), threading.enumerate())


def test_two_at_once_are_apart() -> None:
    with (
        server_thread() as one,
        server_thread() as other,
        redis.Redis.from_url(one) as to_one,
        redis.Redis.from_url(other) as to_other,
    ):
        to_one.set("key", "value")
        assert None is to_other.get("key")


def test_an_error_at_the_start_is_raised_in_the_caller() -> None:
    before = threading.enumerate()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with (
            pytest.raises(OSError, match="Address already in use") as failure,
            server_thread(bind="127.0.0.1", port=taken.getsockname()[1]),
        ):
            pytest.fail("there is no server")
        assert errno.EADDRINUSE == failure.value.errno
    with pytest.raises(trioredis.ConfigError, match="unknown directive"), server_thread(prt=1):
        pytest.fail("there is no server")
    assert before == threading.enumerate()


class Interrupting(Machine):
    """Where somebody presses Ctrl-C while the server starts."""

    def open_files(self, wanted: int) -> int:
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        return super().open_files(wanted)


def test_ctrl_c_at_the_start_ends_the_server_too() -> None:
    before = threading.enumerate()
    with pytest.raises(KeyboardInterrupt), server_thread(env=Env(machine=Interrupting()), port=None):
        pytest.fail("there is no server")
    for thread in {*threading.enumerate()}.difference(before):
        thread.join(5)  # the executor does not, when it was interrupted while it started the thread
    assert before == threading.enumerate()


def test_the_block_s_own_error_comes_out_as_it_is() -> None:
    before = threading.enumerate()
    with pytest.raises(ZeroDivisionError), server_thread():
        raise ZeroDivisionError
    assert before == threading.enumerate()


def test_a_server_that_dies_says_so_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(store: Store) -> None:
        raise RuntimeError("a planted bug")

    def outlive(url: str) -> None:
        with redis.Redis.from_url(url, protocol=2, retry=None) as client:
            monkeypatch.setattr(Store, "_finish_round", die)
            with pytest.raises(redis.ConnectionError):
                client.ping()

    with pytest.raises(RuntimeError, match="a planted bug"), server_thread(bind="127.0.0.1") as url:
        outlive(url)


def test_a_client_may_shut_it_down() -> None:
    with server_thread() as url, redis.Redis.from_url(url) as client:
        client.shutdown(nosave=True)
        with pytest.raises(redis.ConnectionError):
            client.ping()


def test_it_is_found_without_an_import_of_its_own() -> None:
    code = "import trioredis\nwith trioredis.testing.server_thread() as url: print(url)"
    end = run(sys.executable, "-c", code)
    assert end.stdout.startswith("redis://127.0.0.1:")
