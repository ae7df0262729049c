"""Directives about sockets, clients and what they may send."""

from trioredis.config.compounds import ADDRESSES, BUFFER_LIMITS, BufferLimit
from trioredis.config.directives import HONOURED, IMMUTABLE, Directive, refused, waiting
from trioredis.config.kinds import (
    BOOLEAN,
    INT_MAX,
    LONG_MAX,
    MEMORY_OR_SHARE,
    TEXT,
    UINT_MAX,
    integer,
    memory,
    octal,
)

MEGABYTE, GIGABYTE = 2**20, 2**30

_OTHER_CLASSES = {
    b"slave": BufferLimit(256 * MEGABYTE, 64 * MEGABYTE, 60),
    b"pubsub": BufferLimit(32 * MEGABYTE, 8 * MEGABYTE, 60),
}

NETWORK = (
    Directive(b"port", integer(0, 65535), 6379),
    Directive(
        b"bind",
        ADDRESSES,
        (b"127.0.0.1", b"-::1"),
        redis_default=(b"*", b"-::*"),
        departure="a server inside a program, a test or a laptop is for that machine until somebody says otherwise",
    ),
    Directive(
        b"bind-source-addr", TEXT, b"", waiting("the server opens no connection itself before replication")
    ),
    Directive(b"unixsocket", TEXT, b"", HONOURED, IMMUTABLE),
    Directive(b"unixsocketperm", octal(0, 0o777), 0, HONOURED, IMMUTABLE),
    Directive(b"socket-mark-id", integer(0, UINT_MAX), 0, refused("sockets are not marked"), IMMUTABLE),
    Directive(b"tcp-backlog", integer(0, INT_MAX), 511, HONOURED, IMMUTABLE),
    Directive(b"tcp-keepalive", integer(0, INT_MAX), 300),
    Directive(b"timeout", integer(0, INT_MAX), 0),
    Directive(b"protected-mode", BOOLEAN, True),
    Directive(b"maxclients", integer(1, UINT_MAX), 10000),
    Directive(b"maxmemory-clients", MEMORY_OR_SHARE, 0, refused("clients are not evicted")),
    Directive(b"client-query-buffer-limit", memory(MEGABYTE, LONG_MAX), GIGABYTE),
    Directive(
        b"client-output-buffer-limit",
        BUFFER_LIMITS,
        {b"normal": BufferLimit(GIGABYTE, 0, 0), **_OTHER_CLASSES},
        redis_default={b"normal": BufferLimit(0, 0, 0), **_OTHER_CLASSES},
        departure="a client that never reads must not take all the memory of the program that the server lives in",
    ),
    Directive(b"proto-max-bulk-len", memory(MEGABYTE, LONG_MAX), 512 * MEGABYTE),
)
