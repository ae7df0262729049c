"""What scripts read for a client that tracks, and what it is told of what they change."""

import pytest

from bare_engine import Session
from caching import stale, tracking
from side_by_side import Both

SCRIPTS = {
    "reads": "return redis.call('GET', KEYS[1])",
    "reads nothing": "return 1",
    "changes": "redis.call('SET', KEYS[1], 'x') return redis.call('GET', KEYS[1])",
    "changes what it has read": "redis.call('GET', KEYS[1]) redis.call('SET', KEYS[1], 'x') return {1, 2}",
    "removes": "redis.setresp(3) redis.call('DEL', KEYS[1]) return redis.call('GET', KEYS[1])",
    "empties": "redis.call('FLUSHALL') return {'a', 'b'}",
}


@pytest.mark.parametrize("options", ["", "NOLOOP", "BCAST", "BCAST NOLOOP", "OPTIN", "OPTOUT"])
@pytest.mark.parametrize("does", SCRIPTS)
@pytest.mark.parametrize("command", ["EVAL", "EVAL_RO"])
def test_a_script_reads_and_changes_for_its_caller(both: Both, command: str, does: str, options: str) -> None:
    caller, other = tracking(both, options), tracking(both)
    for each in (caller, other):
        each("GET a")
    if options == "OPTIN":
        caller("CLIENT CACHING YES")
    caller.hear_apart(command, SCRIPTS[does], 1, "a")
    other.hear()
    both("SET a 1")
    for each in (caller, other):
        each.hear()


@pytest.mark.parametrize("options", ["", "OPTIN"])
def test_a_script_in_a_transaction_reads_for_its_caller(both: Both, options: str) -> None:
    caller = tracking(both, options)
    if options:
        caller("CLIENT CACHING YES")
    caller("MULTI")
    caller("EVAL", SCRIPTS["changes what it has read"], 1, "a")
    caller("EVAL", SCRIPTS["reads"], 1, "a")
    assert stale("a") == caller.hear_apart("EXEC")[-1]
    both("SET a 1")
    assert [stale("a")] == caller.hear()


def test_what_a_script_reads_is_what_it_calls_for_and_not_what_it_names(call: Session) -> None:
    # As in 7.2; 7.0 remembers the keys of EVAL instead.
    caller = call.another()
    caller("HELLO 3")
    caller("CLIENT TRACKING ON")
    caller("EVAL", "return redis.call('GET', 'b')", 1, "a")
    call("MSET a 1 b 2")
    assert stale("b") == caller.taken()
