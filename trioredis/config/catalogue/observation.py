"""Directives about what the server tells of itself and of its keys."""

from trioredis.config.compounds import KEYSPACE_EVENTS, PERCENTILES
from trioredis.config.directives import Directive
from trioredis.config.kinds import BOOLEAN, LONG_MAX, integer

COUNT = integer(0, LONG_MAX)

OBSERVATION = (
    Directive(b"slowlog-log-slower-than", integer(-1, LONG_MAX), 10000),
    Directive(b"slowlog-max-len", COUNT, 128),
    Directive(b"latency-monitor-threshold", COUNT, 0),
    Directive(b"latency-tracking", BOOLEAN, True),
    Directive(b"latency-tracking-info-percentiles", PERCENTILES, (50.0, 99.0, 99.9)),
    Directive(b"notify-keyspace-events", KEYSPACE_EVENTS, b""),
    Directive(b"tracking-table-max-keys", COUNT, 1000000),
)
