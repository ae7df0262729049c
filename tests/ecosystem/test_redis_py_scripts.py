"""Scripts of redis-py, and its locks, which are made of them; here and on a real Redis."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis.exceptions import LockError, LockNotOwnedError

from ecosystem.redis_py import Both, Client

pytestmark = pytest.mark.filterwarnings("ignore::BytesWarning", "ignore::DeprecationWarning")

TAKE = """
local taken = {}
for number = 1, tonumber(ARGV[1]) do
  local element = redis.call('LPOP', KEYS[1])
  if not element then break end
  taken[number] = element
end
return taken
"""


def test_a_script_is_loaded_when_it_is_first_called(client: Client) -> None:
    take = client.register_script(TAKE)
    client.rpush("l", "a", "b", "c")
    assert [False] == client.script_exists(take.sha)
    assert ["a", "b"] == take(keys=["l"], args=[2])
    assert [True] == client.script_exists(take.sha)
    assert ["c"] == take(["l"], [2])


def test_a_script_in_a_pipeline_is_loaded_before(client: Client) -> None:
    take = client.register_script(TAKE)
    with client.pipeline() as pipeline:
        pipeline.rpush("l", "a", "b", "c")
        take(["l"], [2], client=pipeline)
        pipeline.llen("l")
        assert [3, ["a", "b"], 1] == pipeline.execute()


def test_replies_of_scripts_become_values(both: Both) -> None:
    for script in (
        "return {1, 2.9, 'three', false, true, {4}}",
        "return redis.call('GET', KEYS[1])",
        "return redis.call('HGETALL', 'none')",
        "return redis.status_reply('FINE')",
        "return redis.error_reply('MY error')",
        "return redis.call('INCR', 'b')",
        "return nope",
        "return",
        "not lua",
        "return {KEYS, ARGV}",
    ):
        both.same(lambda client, script=script: client.eval(script, 1, "a", "x", 2))
    both.same(lambda client: client.evalsha("0" * 40, 0))
    both.same(lambda client: client.eval_ro("return redis.call('SET', KEYS[1], 1)", 1, "a"))


# --- locks


def test_a_lock_has_one_owner(client: Client) -> None:
    first, second = client.lock("lock"), client.lock("lock", blocking=False)
    assert first.acquire()
    assert (False, True, False) == (second.acquire(), first.owned(), second.owned())
    assert second.locked()
    with pytest.raises(LockError):
        second.release()
    first.release()
    assert second.acquire()
    client.delete("lock")
    with pytest.raises(LockNotOwnedError):
        second.release()


def test_a_lock_can_be_held_longer(client: Client) -> None:
    lock = client.lock("lock", timeout=10)
    with lock:
        assert lock.extend(20)
        assert 20 < client.ttl("lock") <= 30
        assert lock.extend(5, replace_ttl=True)
        assert client.ttl("lock") <= 5
        assert lock.reacquire()
        assert 5 < client.ttl("lock") <= 10
    assert 0 == client.exists("lock")


def test_who_waits_for_a_lock_gives_up_in_time(client: Client) -> None:
    with client.lock("lock"):
        assert not client.lock("lock", sleep=0.01, blocking_timeout=0.05).acquire()


def test_a_lock_that_nobody_releases_ends(client: Client) -> None:
    assert client.lock("lock", timeout=0.05).acquire()
    with client.lock("lock", sleep=0.01, blocking_timeout=10) as lock:
        assert lock.owned()


def test_threads_hold_a_lock_one_at_a_time(client: Client) -> None:
    inside = threading.Lock()

    def work(_: int) -> None:
        for _ in range(3):
            with client.lock("lock", sleep=0.001, blocking_timeout=20):
                assert inside.acquire(blocking=False)
                client.set("counter", int(client.get("counter") or 0) + 1)
                inside.release()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert "24" == client.get("counter")
