"""A client on one line, as CLIENT LIST and CLIENT INFO show it (Redis documentation: CLIENT LIST).

The fields and their order are those of Redis 7.2, since programs read them by name. Those about buffers that only
Redis has (qbuf-free, rbs, rbp, obl) say that there is nothing.
"""

import re
from typing import Final

from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.tracking import redirect_of

TYPES: Final = {
    b"normal": b"normal",
    b"master": b"master",
    b"replica": b"replica",
    b"slave": b"replica",
    b"pubsub": b"pubsub",
}
"""The types of clients, by what they may be called."""

_LINE = (
    b"id=%d addr=%b laddr=%b fd=%d name=%b age=%d idle=%d flags=%b db=%d sub=%d psub=%d ssub=%d multi=%d "
    b"qbuf=%d qbuf-free=0 argv-mem=%d multi-mem=%d rbs=0 rbp=0 obl=0 oll=%d omem=%d tot-mem=%d events=%b "
    b"cmd=%b user=%b redir=%d resp=%d lib-name=%b lib-ver=%b"
)
_PRINTABLE = re.compile(rb"[!-~]*")


def may_be_listed(text: bytes) -> bool:
    """Whether a text that a client chose leaves the line readable: no spaces, no special characters."""
    return _PRINTABLE.fullmatch(text) is not None


def type_of(client: Client) -> bytes:
    """Return the type of a client; there are no replicas yet."""
    return b"pubsub" if client.unusual & Unusual.SUBSCRIBED else b"normal"


def listing(client: Client) -> bytes:
    """Return the line of a client, without its end."""
    context, connection = client.context, client.connection
    pubsub = context.engine.pubsub
    now, received, unsent = context.engine.clock.monotonic, connection.input_size, connection.output_size
    arguments = sum(map(len, client.backlog[0])) if client.backlog else 0
    queued = client.transaction
    kept = 0 if queued is None else queued.size
    return _LINE % (
        client.id,
        client.address,
        client.local_address,
        connection.descriptor,
        client.name,
        now - client.created,
        now - client.last_used,
        _flags(client),
        context.db.index,
        pubsub.channels.count(client),
        pubsub.patterns.count(client),
        pubsub.shard_channels.count(client),
        -1 if queued is None else len(queued.calls),
        received,
        arguments,
        kept,
        connection.output_buffers,
        unsent,
        received + arguments + kept + unsent,
        b"rw" if unsent else b"r",
        _called_last(client),
        client.user,
        redirect_of(client),
        client.protocol,
        client.library_name,
        client.library_version,
    )


def _called_last(client: Client) -> bytes:
    if client.transaction is not None and client.unusual & Unusual.IMPATIENT:
        return b"exec"  # and not what that is running
    return client.last.command.name if client.last else b"NULL"


def _flags(client: Client) -> bytes:
    kind, unusual, tracker = client.kind, client.unusual, client.tracker
    is_held = client in client.context.engine.gate.held
    letters = (
        (b"O", kind & Kind.MONITOR),
        (b"P", unusual & Unusual.SUBSCRIBED),
        (b"x", client.transaction),
        (b"b", unusual & Unusual.WAITING or is_held),
        (b"t", tracker),
        (b"R", tracker and tracker.is_broken),
        (b"B", tracker and tracker.options.broadcasts),
        (b"d", client.stale),
        (b"c", unusual & Unusual.CLOSING),
        (b"U", kind & Kind.UNIX),
        (b"e", kind & Kind.NO_EVICT),
        (b"T", unusual & Unusual.NO_TOUCH),
    )
    return b"".join(letter for letter, applies in letters if applies) or b"N"
