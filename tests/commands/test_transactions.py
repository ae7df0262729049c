"""Transactions, beside a real Redis."""

from side_by_side import Both


def test_commands_are_queued_and_then_run_at_once(both: Both) -> None:
    both.transcript("MULTI", "SADD s a", "SMEMBERS s", "SADD s b", "SCARD s", "EXEC", "SCARD s")


def test_a_command_that_fails_in_exec_stops_nothing(both: Both) -> None:
    both.transcript("SET k v", "MULTI", "LPUSH k x", "SET k w", "NOSUCH", "EXEC", "GET k")
    both.transcript("MULTI", "LPUSH k x", "SET k w", "EXEC", "GET k")


def test_unbalanced_calls_are_refused(both: Both) -> None:
    both.transcript("EXEC", "DISCARD", "MULTI", "MULTI", "WATCH k", "SET k v", "EXEC", "GET k", "EXEC")
    both.transcript("MULTI", "GET", "SET k w", "EXEC", "EXEC", "GET k")
    both.transcript("MULTI", "EXEC now", "EXEC", "MULTI", "SET k x", "DISCARD", "GET k")


def test_a_watched_key_that_changes_fails_the_transaction(both: Both) -> None:
    both.transcript("WATCH k l", "SET k v", "MULTI", "GET k", "EXEC", "MULTI", "GET k", "EXEC")
    both.transcript("WATCH k", "UNWATCH", "SET k w", "MULTI", "GET k", "EXEC")
    both.transcript("WATCH k", "MULTI", "SET k w", "EXEC", "MULTI", "GET k", "EXEC")
    both.transcript("WATCH k", "FLUSHALL", "MULTI", "GET k", "EXEC", "WATCH k", "FLUSHALL", "MULTI", "EXEC")


def test_nothing_waits_in_a_transaction(both: Both) -> None:
    both.transcript("MULTI", "BLPOP l 0", "RPUSH l a", "BLPOP l 0", "EXEC", "LLEN l")
