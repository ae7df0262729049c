"""LATENCY: spikes as Redis shows them, and how long commands take."""

import pytest

from bare_engine import ManualTime, Session
from side_by_side import Both

NOW = 1_700_000_000


def spikes(call: Session, event: bytes, *samples: tuple[int, int]) -> None:
    """Let an event have happened: pairs of seconds ago and milliseconds, the oldest first."""
    for ago, milliseconds in samples:
        call.engine.latency.record(event, milliseconds, 1, NOW - ago)


@pytest.mark.parametrize(
    "line",
    [
        "LATENCY",
        "LATENCY LATEST",
        "LATENCY LATEST x",
        "LATENCY HISTORY nonsense",
        "LATENCY HISTORY",
        "LATENCY GRAPH nonsense",
        "LATENCY GRAPH",
        "LATENCY RESET",
        "LATENCY RESET a b",
        "LATENCY DOCTOR x",
        "LATENCY HISTOGRAM nonsense",
        "LATENCY NONSENSE",
    ],
)
def test_replies_are_those_of_redis(line: str, both: Both) -> None:
    both(line)


def test_latest_shows_the_last_and_the_worst_spike_of_every_event(call: Session) -> None:
    spikes(call, b"command", (20, 5), (10, 90), (1, 40))
    spikes(call, b"expire-cycle", (3, 7))
    command = b"*4\r\n$7\r\ncommand\r\n:1699999999\r\n:40\r\n:90\r\n"
    expire_cycle = b"*4\r\n$12\r\nexpire-cycle\r\n:1699999997\r\n:7\r\n:7\r\n"
    assert b"*2\r\n" + command + expire_cycle == call("LATENCY LATEST")


def test_history_shows_every_spike(call: Session) -> None:
    spikes(call, b"command", (20, 5), (10, 90))
    assert b"*2\r\n*2\r\n:1699999980\r\n:5\r\n*2\r\n:1699999990\r\n:90\r\n" == call("LATENCY HISTORY command")


def test_reset_forgets_the_events_that_are_named(call: Session) -> None:
    spikes(call, b"command", (20, 5))
    spikes(call, b"fast-command", (20, 5))
    assert b":1\r\n" == call("LATENCY RESET command nonsense")
    assert b":1\r\n" == call("LATENCY RESET")
    assert b"*0\r\n" == call("LATENCY LATEST")


def test_a_slow_command_is_a_spike(call: Session, manual_time: ManualTime) -> None:
    call("CONFIG SET latency-monitor-threshold 1")
    call.executor.call(call.client, [b"GET", b"k"])
    call.taken()
    assert b"*0\r\n" == call("LATENCY LATEST")
    call.executor.now -= 10_000
    call.executor.call(call.client, [b"GET", b"k"])
    call.taken()
    assert call("LATENCY LATEST").startswith(b"*1\r\n*4\r\n$12\r\nfast-command\r\n:1700000000\r\n:10\r\n")


def test_the_graph_is_the_one_that_redis_drew(call: Session) -> None:
    spikes(call, b"command", (5, 10), (4, 30), (3, 80), (2, 2), (1, 100))
    call.client.speak(3)
    # Copied from a redis-server that was asked for these very spikes.
    graph = (
        b"command - high 100 ms, low 2 ms (all time high 100 ms)\n"
        b"--------------------------------------------------------------------------------\n"
        b"  _ #\n"
        b"  | |\n"
        b" _| |\n"
        b"_||_|\n"
        b"     \n"
        b"54321\n"
        b"sssss\n"
    )
    assert b"=%d\r\ntxt:%b\r\n" % (len(graph) + 4, graph) == call("LATENCY GRAPH command")


def test_the_graph_tells_minutes_hours_and_days(call: Session) -> None:
    spikes(call, b"command", (200_000, 7), (9000, 7), (120, 7), (59, 7))
    assert b"\n____\n    \n2225\ndhm9\n   s\n" in call("LATENCY GRAPH command")


def test_a_long_history_is_drawn_in_two_rows(call: Session) -> None:
    spikes(call, b"command", *((ago, ago) for ago in range(81, 0, -1)))
    reply = call("LATENCY GRAPH command")
    assert [80] * 5 == [len(line) for line in reply.split(b"\n")[2:7]]
    assert reply.endswith(b"\n\n \n \n \n_\n \n1\ns\n\r\n")


def test_the_doctor_says_how_to_switch_monitoring_on(call: Session) -> None:
    assert b"latency-monitor-threshold" in call("LATENCY DOCTOR")


def test_the_doctor_sums_spikes_up(call: Session) -> None:
    call("CONFIG SET latency-monitor-threshold 100")
    assert b"No spike of 100 milliseconds" in call("LATENCY DOCTOR")
    spikes(call, b"command", (20, 100), (10, 300))
    reply = call("LATENCY DOCTOR")
    assert (
        b"* command: 2 spikes (average 200 ms, mean deviation 100 ms, period 10.00 s), the worst ever 300 ms"
        in reply
    )
    assert b"SLOWLOG GET" in reply


def test_the_doctor_wants_the_slow_log_to_see_the_same(call: Session) -> None:
    call("CONFIG SET latency-monitor-threshold 5 slowlog-log-slower-than 10000")
    spikes(call, b"command", (20, 5))
    assert b"CONFIG SET slowlog-log-slower-than 5000" in call("LATENCY DOCTOR")


# LATENCY HISTOGRAM


def took(call: Session, name: bytes, **ticks_and_calls: int) -> None:
    """Let calls of a command have taken some time: `t7=2` is two calls of seven ticks."""
    (entry,) = (entry for entry in call.engine.commands.entries() if entry.command.name == name)
    for ticks, calls in ticks_and_calls.items():
        entry.stats.samples += [int(ticks[1:])] * calls


def test_a_histogram_is_cumulative_and_its_bounds_are_those_of_redis(call: Session) -> None:
    took(call, b"get", t0=1, t1=2, t7=3, t31=1, t32=1)
    call.client.speak(3)
    expected = (
        b"%1\r\n$3\r\nget\r\n%2\r\n$5\r\ncalls\r\n:8\r\n"
        b"$14\r\nhistogram_usec\r\n%5\r\n:1\r\n:1\r\n:2\r\n:3\r\n:8\r\n:6\r\n:33\r\n:7\r\n:66\r\n:8\r\n"
    )
    assert expected == call("LATENCY HISTOGRAM GET")


def test_a_container_shows_its_subcommands(call: Session) -> None:
    took(call, b"config|get", t3=1)
    took(call, b"config|set", t3=1)
    took(call, b"get", t3=1)
    reply = call("LATENCY HISTOGRAM nonsense config")
    assert reply.startswith(b"*4\r\n$10\r\nconfig|get\r\n*4\r\n$5\r\ncalls\r\n:1\r\n")
    assert b"$10\r\nconfig|set\r\n" in reply
    assert call("LATENCY HISTOGRAM config|set").startswith(b"*2\r\n$10\r\nconfig|set\r\n")


def test_without_a_name_every_command_that_ran_is_shown(call: Session) -> None:
    took(call, b"get", t3=1)
    took(call, b"set", t3=1)
    assert call("LATENCY HISTOGRAM").startswith(b"*4\r\n$3\r\nget\r\n")


def test_no_duration_is_kept_while_latency_is_not_tracked(call: Session) -> None:
    call("GET k")
    call("CONFIG SET latency-tracking no")
    call("GET k")
    call("CONFIG SET latency-tracking yes")
    call("GET k")
    get = call.engine.commands.usual[b"get"].stats
    call.engine.commands.fold_stats()
    assert (3, 2) == (get.calls, get.histogram.total())


def test_resetstat_forgets_histograms(call: Session) -> None:
    took(call, b"get", t3=1)
    call("CONFIG RESETSTAT")
    assert b"*0\r\n" == call("LATENCY HISTOGRAM get")


def test_help_names_every_subcommand(call: Session) -> None:
    reply = call("LATENCY HELP")
    for name in (b"DOCTOR", b"GRAPH", b"HELP", b"HISTOGRAM", b"HISTORY", b"LATEST", b"RESET"):
        assert b"\r\n+" + name in reply
