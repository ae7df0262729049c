"""INFO: sections, names and order as Redis prints them, and figures that are true."""

import os
from random import Random

import pytest

from bare_engine import ManualTime, Session
from oracle import Wire
from side_by_side import Both
from trioredis.clock import Clock
from trioredis.config.settings import Config
from trioredis.env import Env
from trioredis.machine import Machine
from trioredis.versions import __version__

SINCE_7_0 = {
    "pubsub_clients",
    "total_blocking_keys",
    "total_blocking_keys_on_nokey",
    "listener0",
    "listener1",
    "client_query_buffer_limit_disconnections",
    "client_output_buffer_limit_disconnections",
}
"""Fields that the oracle is too old for."""

TITLES = [
    "Server",
    "Clients",
    "Memory",
    "Persistence",
    "Stats",
    "Replication",
    "CPU",
    "Modules",
    "Commandstats",
    "Errorstats",
    "Latencystats",
    "Cluster",
    "Keyspace",
]


def sections(text: bytes) -> dict[str, dict[str, str]]:
    """The fields by section of an INFO reply."""
    found: dict[str, dict[str, str]] = {}
    for line in text.decode().splitlines()[1:]:
        if line.startswith("# "):
            fields = found.setdefault(line[2:], {})
        elif line:
            name, _, value = line.partition(":")
            fields[name] = value
    return found


def info(call: Session, *names: str) -> dict[str, str]:
    """All fields of some sections."""
    return {
        name: value for fields in sections(call("INFO", *names)).values() for name, value in fields.items()
    }


class TinyMachine(Machine):
    """A process that takes 1 MiB and once took 4, in a machine of 1 GiB."""

    total_memory = 2**30
    system = "Tiny 1.0 abacus"

    def resident_memory(self) -> int:
        return 2**20

    def peak_memory(self) -> int:
        return 2**22


@pytest.fixture
def tiny(manual_time: ManualTime) -> Session:
    return Session.open(Env(Clock(manual_time, manual_time), Random(0), machine=TinyMachine()))


@pytest.mark.parametrize(
    ("names", "titles"),
    [
        ("", set(TITLES) - {"Commandstats", "Latencystats"}),
        ("default", set(TITLES) - {"Commandstats", "Latencystats"}),
        ("all", set(TITLES)),
        ("everything", set(TITLES)),
        ("EveryThing server", set(TITLES)),
        ("default commandstats", set(TITLES) - {"Latencystats"}),
        ("keyspace Server", {"Server", "Keyspace"}),
        ("module_list", {"Modules"}),
        ("modules", {"Modules"}),
        ("latencystats nonsense", {"Latencystats"}),
    ],
)
def test_sections_are_those_that_redis_shows_in_its_order(
    names: str, titles: set[str], call: Session, oracle_wire: Wire
) -> None:
    expected = [title for title in TITLES if title in titles]
    assert expected == list(sections(oracle_wire.command("INFO", *names.split())))
    assert expected == list(sections(call("INFO", *names.split())))


@pytest.mark.parametrize("names", ["cluster", "modules", "nonsense", "keyspace"])
def test_whole_replies_are_those_of_redis(names: str, both: Both) -> None:
    both("INFO", names)


def test_fields_stand_in_the_order_of_redis_and_are_not_made_up(call: Session, oracle_wire: Wire) -> None:
    theirs = sections(oracle_wire.command("INFO", "all"))
    ours = sections(call("INFO", "all"))
    for title in set(TITLES) - {"Commandstats", "Latencystats", "Errorstats", "Keyspace"}:
        shared = [name for name in ours[title] if name in theirs[title]]
        assert [name for name in theirs[title] if name in ours[title]] == shared, title
        own = {
            name for name in ours[title] if name not in theirs[title] and not name.startswith("trioredis_")
        }
        assert own <= SINCE_7_0, title


def test_the_server_says_what_it_is_and_what_it_speaks_as(tiny: Session, manual_time: ManualTime) -> None:
    manual_time.pass_by(2 * 86400 + 3)
    fields = info(tiny, "server")
    assert ("7.2.4", __version__) == (fields["redis_version"], fields["trioredis_version"])
    assert ("Tiny 1.0 abacus", str(os.getpid())) == (fields["os"], fields["process_id"])
    assert ("172803", "2") == (fields["uptime_in_seconds"], fields["uptime_in_days"])
    assert "1700172803000000" == fields["server_time_usec"]
    assert "name=tcp,bind=127.0.0.1,bind=-::1,port=6379" == fields["listener0"]
    assert 40 == len(fields["run_id"])


def test_listeners_are_those_that_are_open(manual_time: ManualTime) -> None:
    config = Config()
    config.values |= {b"port": 0, b"unixsocket": b"/tmp/r.sock"}
    session = Session.open(Env(Clock(manual_time, manual_time)), config)
    fields = info(session, "server")
    assert ("0", "name=unix,bind=/tmp/r.sock") == (fields["tcp_port"], fields["listener0"])
    assert "listener1" not in fields


def test_memory_is_that_of_the_process(tiny: Session) -> None:
    fields = info(tiny, "memory")
    assert ("1048576", "1.00M") == (fields["used_memory"], fields["used_memory_human"])
    assert "1048576" == fields["used_memory_rss"]
    assert ("4194304", "25.00%") == (fields["used_memory_peak"], fields["used_memory_peak_perc"])
    assert "1.00G" == fields["total_system_memory_human"]
    assert ("0", "noeviction") == (fields["maxmemory"], fields["maxmemory_policy"])


def test_clients_are_counted(call: Session) -> None:
    call.another()
    assert "2" == info(call, "clients")["connected_clients"]


def test_keys_are_counted_per_database(call: Session) -> None:
    for line in ("SET a 1", "SET b 2 EX 10"):
        call(line)
    assert {"db0": "keys=2,expires=1,avg_ttl=10000"} == info(call, "keyspace")


def test_statistics_count_what_happened(call: Session) -> None:
    for line in ("SET a 1", "GET a", "GET b", "NONSENSE", "GET"):
        call(line)
    fields = info(call, "stats")
    assert ("3", "1", "1") == tuple(
        fields[name] for name in ("total_commands_processed", "keyspace_hits", "keyspace_misses")
    )
    assert ("1", "2") == (fields["total_connections_received"], fields["total_error_replies"])
    assert "1" == info(call, "persistence")["rdb_changes_since_last_save"]


def test_a_rate_is_that_since_somebody_asked_before(call: Session, manual_time: ManualTime) -> None:
    assert "0" == info(call, "stats")["instantaneous_ops_per_sec"]
    for _ in range(19):
        call("GET a")
    manual_time.pass_by(2)
    call.engine.stats.net_input += 4096
    fields = info(call, "stats")
    assert ("10", "2.00") == (fields["instantaneous_ops_per_sec"], fields["instantaneous_input_kbps"])


def test_commands_show_their_calls_rejections_and_failures(call: Session) -> None:
    for line in ("SET a x", "INCR a", "INCR", "GET a", "GET a", "CONFIG GET port"):
        call(line)
    fields = info(call, "commandstats")
    assert {"cmdstat_set", "cmdstat_incr", "cmdstat_get", "cmdstat_config|get"} == set(fields)
    incr = dict(pair.split("=") for pair in fields["cmdstat_incr"].split(","))
    assert ["calls", "usec", "usec_per_call", "rejected_calls", "failed_calls"] == list(incr)
    assert ("1", "1", "1") == (incr["calls"], incr["rejected_calls"], incr["failed_calls"])
    assert fields["cmdstat_get"].startswith("calls=2,")


def test_errors_are_counted_by_their_code_in_order(call: Session) -> None:
    for line in ("SET a x", "INCR a", "AUTH x y", "NONSENSE"):
        call(line)
    assert [("errorstat_ERR", "count=2"), ("errorstat_WRONGPASS", "count=1")] == list(
        info(call, "errorstats").items()
    )


def test_latency_is_shown_in_the_percentiles_that_are_configured(call: Session) -> None:
    call("GET a")
    call(b"CONFIG", b"SET", b"latency-tracking-info-percentiles", b"50 99.99")
    get = call.engine.commands.usual[b"get"].stats
    get.fold()
    get.histogram.clear()
    get.histogram.update({10: 99, 1000: 1})
    assert "p50=10.240,p99.99=1024.000" == info(call, "latencystats")["latency_percentiles_usec_get"]


def test_without_percentiles_or_without_tracking_there_is_no_latency(call: Session) -> None:
    call("GET a")
    call(b"CONFIG", b"SET", b"latency-tracking-info-percentiles", b"")
    assert "" == info(call, "latencystats")["latency_percentiles_usec_get"]
    call("CONFIG SET latency-tracking no")
    assert {} == info(call, "latencystats")


def test_replication_is_that_of_a_master_without_replicas(call: Session) -> None:
    fields = info(call, "replication")
    assert ("master", "0", "0") == tuple(
        fields[name] for name in ("role", "connected_slaves", "master_repl_offset")
    )
    assert call.engine.replid.decode() == fields["master_replid"]
    assert fields["master_replid"] != info(call, "server")["run_id"]


def test_processor_time_is_shown(call: Session) -> None:
    fields = info(call, "cpu")
    assert float(fields["used_cpu_user"]) > 0
    assert {"used_cpu_sys", "used_cpu_sys_children", "used_cpu_user_children"} <= set(fields)


def test_it_is_text_for_people_in_resp3(call: Session) -> None:
    call.client.speak(3)
    assert b"=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n" == call("INFO cluster")
