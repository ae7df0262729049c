"""Directives about replication: known, and refused where they would switch it on."""

from trioredis.config.compounds import MASTER
from trioredis.config.directives import IMMUTABLE, SENSITIVE, Directive, refused, waiting
from trioredis.config.kinds import BOOLEAN, INT_MAX, LONG_MAX, SECRET, TEXT, integer, memory, one_of

NO_REPLICATION = refused("replication does not work yet")
UNTIL_REPLICATION = waiting("replication comes with a later release")
COUNT = integer(0, INT_MAX)
POSITIVE = integer(1, INT_MAX)
ON_ERROR = one_of(b"ignore", b"panic", b"panic-on-replicas")
DISKLESS_LOAD = one_of(b"disabled", b"on-empty-db", b"swapdb")
BACKLOG_SIZE = memory(1, LONG_MAX, bounds=(16 * 1024, LONG_MAX))


def _replicas(name: bytes, default: bool) -> Directive:
    """Describe a yes or no about replicas, whose former name says slave."""
    return Directive(b"replica-" + name, BOOLEAN, default, UNTIL_REPLICATION, aliases=(b"slave-" + name,))


REPLICATION = (
    Directive(b"replicaof", MASTER, None, NO_REPLICATION, IMMUTABLE, aliases=(b"slaveof",)),
    Directive(b"masteruser", TEXT, b"", UNTIL_REPLICATION, SENSITIVE),
    Directive(b"masterauth", SECRET, b"", UNTIL_REPLICATION, SENSITIVE),
    _replicas(b"serve-stale-data", default=True),
    _replicas(b"read-only", default=True),
    _replicas(b"lazy-flush", default=False),
    _replicas(b"ignore-maxmemory", default=True),
    Directive(b"replica-ignore-disk-write-errors", BOOLEAN, False, UNTIL_REPLICATION),
    Directive(b"replica-announced", BOOLEAN, True, UNTIL_REPLICATION),
    Directive(b"replica-announce-ip", TEXT, b"", UNTIL_REPLICATION, aliases=(b"slave-announce-ip",)),
    Directive(
        b"replica-announce-port", integer(0, 65535), 0, UNTIL_REPLICATION, aliases=(b"slave-announce-port",)
    ),
    Directive(b"replica-priority", COUNT, 100, UNTIL_REPLICATION, aliases=(b"slave-priority",)),
    Directive(b"min-replicas-to-write", COUNT, 0, NO_REPLICATION, aliases=(b"min-slaves-to-write",)),
    Directive(b"min-replicas-max-lag", COUNT, 10, UNTIL_REPLICATION, aliases=(b"min-slaves-max-lag",)),
    Directive(
        b"repl-ping-replica-period", POSITIVE, 10, UNTIL_REPLICATION, aliases=(b"repl-ping-slave-period",)
    ),
    Directive(b"repl-timeout", POSITIVE, 60, UNTIL_REPLICATION),
    Directive(b"repl-backlog-size", BACKLOG_SIZE, 2**20, UNTIL_REPLICATION),
    Directive(b"repl-backlog-ttl", integer(0, LONG_MAX), 3600, UNTIL_REPLICATION),
    Directive(b"repl-disable-tcp-nodelay", BOOLEAN, False, UNTIL_REPLICATION),
    Directive(b"repl-diskless-sync", BOOLEAN, True, UNTIL_REPLICATION),
    Directive(b"repl-diskless-sync-delay", COUNT, 5, UNTIL_REPLICATION),
    Directive(b"repl-diskless-sync-max-replicas", COUNT, 0, UNTIL_REPLICATION),
    Directive(b"repl-diskless-load", DISKLESS_LOAD, b"disabled", UNTIL_REPLICATION),
    Directive(b"propagation-error-behavior", ON_ERROR, b"ignore", UNTIL_REPLICATION),
)
