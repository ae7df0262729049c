"""Directives about memory: its limit, eviction, expiry, and how it is given back."""

from trioredis.config.directives import Directive, meaningless, refused, waiting
from trioredis.config.kinds import BOOLEAN, INT_MAX, LONG_MAX, ULONG_MAX, integer, memory, one_of

NO_LIMIT = refused("memory is not limited yet")
UNTIL_EVICTION = waiting("eviction comes with a later release")
FREED_ANYWAY = meaningless("what is large is always freed in small steps between commands, the rest at once")
NO_JEMALLOC = meaningless("Python has an allocator of its own")
POLICIES = (
    b"volatile-lru", b"volatile-lfu", b"volatile-random", b"volatile-ttl",
    b"allkeys-lru", b"allkeys-lfu", b"allkeys-random", b"noeviction",
)  # fmt: skip

MEMORY = (
    Directive(b"maxmemory", memory(0, ULONG_MAX), 0, NO_LIMIT),
    Directive(b"maxmemory-policy", one_of(*POLICIES), b"noeviction", NO_LIMIT),
    Directive(b"maxmemory-samples", integer(1, INT_MAX), 5, UNTIL_EVICTION),
    Directive(b"maxmemory-eviction-tenacity", integer(0, 100), 10, UNTIL_EVICTION),
    Directive(b"lfu-log-factor", integer(0, INT_MAX), 10, UNTIL_EVICTION),
    Directive(b"lfu-decay-time", integer(0, INT_MAX), 1, UNTIL_EVICTION),
    Directive(
        b"active-expire-effort", integer(1, 10), 1, meaningless("every key expires when its time comes")
    ),
    Directive(
        b"activerehashing", BOOLEAN, True, meaningless("tables grow a small part at a time, in passing")
    ),
    Directive(b"lazyfree-lazy-eviction", BOOLEAN, False, FREED_ANYWAY),
    Directive(b"lazyfree-lazy-expire", BOOLEAN, False, FREED_ANYWAY),
    Directive(b"lazyfree-lazy-server-del", BOOLEAN, False, FREED_ANYWAY),
    Directive(b"lazyfree-lazy-user-del", BOOLEAN, False, FREED_ANYWAY),
    Directive(b"lazyfree-lazy-user-flush", BOOLEAN, False, FREED_ANYWAY),
    Directive(b"jemalloc-bg-thread", BOOLEAN, True, NO_JEMALLOC),
    Directive(b"activedefrag", BOOLEAN, False, refused("it needs Redis's own allocator")),
    Directive(b"active-defrag-ignore-bytes", memory(1, LONG_MAX), 100 * 2**20, NO_JEMALLOC),
    Directive(b"active-defrag-threshold-lower", integer(0, 1000), 10, NO_JEMALLOC),
    Directive(b"active-defrag-threshold-upper", integer(0, 1000), 100, NO_JEMALLOC),
    Directive(b"active-defrag-cycle-min", integer(1, 99), 1, NO_JEMALLOC),
    Directive(b"active-defrag-cycle-max", integer(1, 99), 25, NO_JEMALLOC),
    Directive(b"active-defrag-max-scan-fields", integer(1, LONG_MAX), 1000, NO_JEMALLOC),
)
