"""INFO: what the server says of itself, section by section.

A section is a function from the engine to its fields, computed when somebody asks. Names, form and order of the
fields are those of Redis 7.2; what begins with ``trioredis_`` is ours. A field of Redis that would be a mere constant here
(the version of jemalloc, the cost of the last fork) is absent; a few zeros stay because clients and monitoring read
them, and they are true: nothing was evicted, no snapshot is being written.

*Memory* is measured as the operating system sees it. Python does not count the bytes that it allocates, so
``used_memory`` is the resident memory of the whole process, as ``used_memory_rss`` is; embedded, that includes the
program around the server. ``used_memory_startup`` is what was used before there was any data, so the difference is what
the data, the clients and everything else took since then.

*Rates* (``instantaneous_...``) are those since the INFO before; see `engine.rates`.

Source: the Redis documentation of INFO.
"""

import os
import struct
import sys
from collections.abc import Callable, Iterable

from trioredis.config.compounds import render_percentile
from trioredis.engine.clients import Unusual
from trioredis.engine.engine import Engine
from trioredis.engine.lifecycle import is_waiting
from trioredis.engine.stats import CommandStats
from trioredis.versions import REDIS_VERSION, __version__

Fields = dict[bytes, bytes | int]
Section = Callable[[Engine], Fields]


def info(engine: Engine, names: Iterable[bytes] = ()) -> bytes:
    """Return the text of the sections with these names, in any case, in Redis's order; unknown ones are empty.

    ``default`` is all but the statistics by command, and what is shown without a name; ``all`` and ``everything`` are
    all.
    """
    wanted: set[bytes] = set()
    for name in [name.lower() for name in names] or [b"default"]:
        wanted |= _GROUPS.get(name, {name})
    shown = [title for title in SECTIONS if title.lower() in wanted]
    return b"\r\n".join(_text(title, SECTIONS[title](engine)) for title in shown)


def _text(title: bytes, fields: Fields) -> bytes:
    lines = [b"# " + title]
    lines += [
        b"%b:%b" % (name, value if isinstance(value, bytes) else b"%d" % value)
        for name, value in fields.items()
    ]
    return b"".join(line + b"\r\n" for line in lines)


def human_size(size: int) -> bytes:
    """Return a number of bytes as people read it: ``894.99K``."""
    if size < 1024:
        return b"%dB" % size
    unit = min((size.bit_length() - 1) // 10, len(_UNITS))
    return b"%.2f%c" % (size / (1 << 10 * unit), _UNITS[unit - 1])


_UNITS = b"KMGTP"


# --- the sections


def _server(engine: Engine) -> Fields:
    uptime = int(engine.clock.monotonic - engine.started)
    return {
        b"redis_version": REDIS_VERSION,
        b"trioredis_version": __version__.encode(),
        b"redis_mode": b"standalone",
        b"os": engine.env.machine.system.encode(),
        b"arch_bits": 8 * struct.calcsize("P"),
        b"process_id": os.getpid(),
        b"run_id": engine.run_id,
        b"tcp_port": engine.config[b"port"],
        b"server_time_usec": int(engine.clock.wall * 1e6),
        b"uptime_in_seconds": uptime,
        b"uptime_in_days": uptime // 86400,
        b"executable": os.fsencode(sys.executable or ""),
        b"config_file": os.fsencode(engine.config.path or ""),
    } | _listeners(engine)


def _listeners(engine: Engine) -> Fields:
    port, path = engine.config[b"port"], engine.config[b"unixsocket"]
    found = []
    if port:
        binds = b"".join(b",bind=" + address for address in engine.config[b"bind"])
        found.append(b"name=tcp%b,port=%d" % (binds, port))
    if path:
        found.append(b"name=unix,bind=" + path)
    return {b"listener%d" % number: listener for number, listener in enumerate(found)}


def _clients(engine: Engine) -> Fields:
    lines = engine.waiters.lines
    return {
        b"connected_clients": len(engine.clients),
        b"maxclients": engine.config[b"maxclients"],
        b"blocked_clients": sum(is_waiting(engine, client) for client in engine.clients),
        b"tracking_clients": len(engine.tracking.trackers),
        b"pubsub_clients": sum(bool(client.unusual & Unusual.SUBSCRIBED) for client in engine.clients),
        b"total_blocking_keys": len(lines),
        b"total_blocking_keys_on_nokey": sum(None in kinds for kinds in lines.values()),
    }


def _memory(engine: Engine) -> Fields:
    machine, config = engine.env.machine, engine.config
    used = machine.resident_memory()
    peak = max(used, machine.peak_memory())
    return {
        **_size(b"used_memory", used),
        **_size(b"used_memory_rss", used),
        **_size(b"used_memory_peak", peak),
        b"used_memory_peak_perc": b"%.2f%%" % (100 * used / peak),
        b"used_memory_startup": engine.startup_memory,
        **_size(b"total_system_memory", machine.total_memory),
        b"used_memory_lua": engine.scripts.memory,
        b"used_memory_vm_eval": engine.scripts.memory,
        b"used_memory_lua_human": human_size(engine.scripts.memory),
        b"number_of_cached_scripts": len(engine.scripts),
        b"number_of_functions": len(engine.functions.libraries.functions),
        b"number_of_libraries": len(engine.functions.libraries.by_name),
        b"used_memory_vm_functions": engine.functions.used_memory(),
        **_size(b"used_memory_vm_total", engine.scripts.memory + engine.functions.used_memory()),
        **_size(b"maxmemory", config[b"maxmemory"]),
        b"maxmemory_policy": config[b"maxmemory-policy"],
    }


def _size(name: bytes, size: int) -> Fields:
    return {name: size, name + b"_human": human_size(size)}


def _persistence(engine: Engine) -> Fields:
    return {
        b"loading": 0,
        b"async_loading": 0,
        b"rdb_changes_since_last_save": engine.stats.dirty,
        b"rdb_bgsave_in_progress": 0,
        b"aof_enabled": 0,
        b"aof_rewrite_in_progress": 0,
        b"aof_rewrite_scheduled": 0,
    }


def _stats(engine: Engine) -> Fields:
    stats, keys = engine.stats, engine.keyspace.stats
    engine.commands.fold_stats()
    commands = sum(entry.stats.calls for entry in engine.commands.entries())
    counts = {b"ops": commands, b"input": stats.net_input, b"output": stats.net_output}
    rates = stats.rates.look(engine.clock.monotonic, counts)
    return {
        b"total_connections_received": stats.connections,
        b"total_commands_processed": commands,
        b"instantaneous_ops_per_sec": int(rates[b"ops"]),
        b"total_net_input_bytes": stats.net_input,
        b"total_net_output_bytes": stats.net_output,
        b"instantaneous_input_kbps": b"%.2f" % (rates[b"input"] / 1024),
        b"instantaneous_output_kbps": b"%.2f" % (rates[b"output"] / 1024),
        b"rejected_connections": stats.rejected_connections,
        b"expired_keys": keys.expired,
        b"evicted_keys": 0,
        b"keyspace_hits": keys.hits,
        b"keyspace_misses": keys.misses,
        b"pubsub_channels": len(engine.pubsub.channels.clients),
        b"pubsub_patterns": len(engine.pubsub.patterns.clients),
        b"pubsubshard_channels": len(engine.pubsub.shard_channels.clients),
        b"tracking_total_keys": len(engine.tracking.readers),
        b"tracking_total_items": engine.tracking.items,
        b"tracking_total_prefixes": len(engine.tracking.prefixes),
        b"total_error_replies": stats.error_replies,
        b"client_query_buffer_limit_disconnections": stats.query_buffer_disconnections,
        b"client_output_buffer_limit_disconnections": stats.output_buffer_disconnections,
        b"trioredis_protocol_errors": stats.protocol_errors,
        b"trioredis_internal_errors": stats.internal_errors,
    }


def _replication(engine: Engine) -> Fields:
    return {
        b"role": b"master",
        b"connected_slaves": 0,
        b"master_failover_state": b"no-failover",
        b"master_replid": engine.replid,
        b"master_replid2": b"0" * 40,
        b"master_repl_offset": 0,
        b"second_repl_offset": -1,
        b"repl_backlog_active": 0,
        b"repl_backlog_size": engine.config[b"repl-backlog-size"],
        b"repl_backlog_first_byte_offset": 0,
        b"repl_backlog_histlen": 0,
    }


def _cpu(engine: Engine) -> Fields:
    suffixes = {"process": b"", "children": b"_children", "thread": b"_main_thread"}
    fields: Fields = {}
    for name, times in engine.env.machine.cpu_times().items():
        fields[b"used_cpu_sys" + suffixes[name]] = b"%.6f" % times.system
        fields[b"used_cpu_user" + suffixes[name]] = b"%.6f" % times.user
    return fields


def _modules(engine: Engine) -> Fields:
    return {}


def _commandstats(engine: Engine) -> Fields:
    used = _by_command(engine, lambda stats: bool(stats.calls or stats.failed or stats.rejected))
    return {b"cmdstat_" + name: _calls(stats) for name, stats in used.items()}


def _calls(stats: CommandStats) -> bytes:
    microseconds = stats.seconds * 1e6
    return b"calls=%d,usec=%d,usec_per_call=%.2f,rejected_calls=%d,failed_calls=%d" % (
        stats.calls,
        microseconds,
        microseconds / (stats.calls or 1),
        stats.rejected,
        stats.failed,
    )


def _errorstats(engine: Engine) -> Fields:
    return {b"errorstat_" + code: b"count=%d" % count for code, count in sorted(engine.stats.errors.items())}


def _latencystats(engine: Engine) -> Fields:
    if not engine.config[b"latency-tracking"]:
        return {}
    percents = engine.config[b"latency-tracking-info-percentiles"]
    tracked = _by_command(engine, lambda stats: bool(stats.histogram))
    return {
        b"latency_percentiles_usec_" + name: b",".join(
            b"p%b=%.3f" % (render_percentile(percent), microseconds)
            for percent, microseconds in zip(percents, stats.percentiles(percents), strict=True)
        )
        for name, stats in tracked.items()
    }


def _by_command(engine: Engine, wanted: Callable[[CommandStats], bool]) -> dict[bytes, CommandStats]:
    engine.commands.fold_stats()
    return {entry.command.name: entry.stats for entry in engine.commands.entries() if wanted(entry.stats)}


def _cluster(engine: Engine) -> Fields:
    return {b"cluster_enabled": int(engine.config[b"cluster-enabled"])}


def _keyspace(engine: Engine) -> Fields:
    return {
        b"db%d" % db.index: b"keys=%d,expires=%d,avg_ttl=%d"
        % (len(db), db.expires.count, db.expires.average_ttl(engine.clock.now))
        for db in engine.keyspace
        if len(db)
    }


SECTIONS: dict[bytes, Section] = {
    b"Server": _server,
    b"Clients": _clients,
    b"Memory": _memory,
    b"Persistence": _persistence,
    b"Stats": _stats,
    b"Replication": _replication,
    b"CPU": _cpu,
    b"Modules": _modules,
    b"Commandstats": _commandstats,
    b"Errorstats": _errorstats,
    b"Latencystats": _latencystats,
    b"Cluster": _cluster,
    b"Keyspace": _keyspace,
}
"""By title, in Redis's order; the name of a section is its title in lower case."""

_ALL = {title.lower() for title in SECTIONS}
_GROUPS = {
    b"all": _ALL,
    b"everything": _ALL,
    b"default": _ALL - {b"commandstats", b"latencystats"},
    b"module_list": {b"modules"},
}
