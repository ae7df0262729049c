"""The arrival and the departure of clients, and what ends them against their will."""

import logging
from functools import partial

from trioredis import errors
from trioredis.config.compounds import BufferLimit
from trioredis.engine.authentication import require_authentication
from trioredis.engine.client_listing import type_of
from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.context import Context
from trioredis.engine.engine import Engine
from trioredis.engine.monitor import remove_monitor
from trioredis.engine.transactions import discard
from trioredis.protocol.encoding import encode_error

_logger = logging.getLogger("trioredis")


def admit(engine: Engine, client: Client) -> None:
    """Register a client that arrived, or turn it away with Redis's error."""
    client.context = Context(client, engine, engine.keyspace[0])
    text = _reason_to_refuse(engine, client)
    if text:
        engine.stats.rejected_connections += 1
        client.replies.append(encode_error(text))
        client.close()
        engine.clients.dirty[client] = None
        return
    engine.stats.connections += 1
    engine.clients.add(client)
    require_authentication(engine.config, client)
    _watch_idleness(engine, client)


def release(engine: Engine, client: Client) -> None:
    """Forget a client whose connection is gone."""
    client.close(at_once=True)
    engine.clients.remove(client)
    engine.gate.held.pop(client, None)
    discard(engine, client)
    engine.pubsub.forget(client)
    engine.tracking.forget(client)
    if client.waiting is not None:
        client.waiting.cancel()
    for watch in (client.idle_watch, client.output_watch):
        if watch is not None:
            watch.cancel()
    remove_monitor(engine, client)


def kill(engine: Engine, client: Client) -> None:
    """End a client at once; from now on nobody finds it any more, though its socket is closed when the round ends."""
    release(engine, client)
    engine.clients.dirty[client] = None


def is_waiting(engine: Engine, client: Client) -> bool:
    """Whether nothing more of a client can run until something happens: it is blocked, or held at the gate."""
    return client.unusual & Unusual.WAITING > 0 or client in engine.gate.held


def end_attacker(engine: Engine, client: Client) -> None:
    """End a client that talks HTTP: a browser that somebody made send its user's words here."""
    _logger.warning(
        "Possible SECURITY ATTACK detected: POST or Host: is no command, it comes from a browser that was lured "
        "here (cross protocol scripting). Client %d at %s closed.",
        client.id,
        client.address.decode(errors="replace"),
    )
    kill(engine, client)


def end_the_flooded(engine: Engine) -> None:
    """End those whom this round alone has sent more than they may leave unread."""
    for client in list(engine.clients.told):
        watch_output(engine, client)


def end_hoarder(engine: Engine, client: Client) -> None:
    """End a client that has more queued than it may send at once (redis.conf: client-query-buffer-limit)."""
    _logger.warning("Client %d closed: its transaction is too large.", client.id)
    engine.stats.query_buffer_disconnections += 1
    kill(engine, client)


def watch_output(engine: Engine, client: Client) -> None:
    """End a client that does not take its replies (Redis documentation: Output buffer limits)."""
    limit, size = _output_limit(engine, client), _unsent(client)
    if limit.hard and size >= limit.hard:
        _end_for_output(engine, client)
    elif not limit.soft or size < limit.soft:
        client.over_soft_limit_since = None
    else:
        if client.over_soft_limit_since is None:
            client.over_soft_limit_since = engine.clock.monotonic
        if client.output_watch is None:
            deadline = client.over_soft_limit_since + limit.soft_seconds
            client.output_watch = engine.timers.at(deadline, partial(_check_soft_limit, engine, client))


def _check_soft_limit(engine: Engine, client: Client) -> None:
    """End a client if it has been over the soft limit all the time, else watch on."""
    client.output_watch = None
    limit, since = _output_limit(engine, client), client.over_soft_limit_since
    is_late = since is not None and since + limit.soft_seconds <= engine.clock.monotonic
    if is_late and 0 < limit.soft <= _unsent(client):
        _end_for_output(engine, client)
    else:
        watch_output(engine, client)


def _unsent(client: Client) -> int:
    """Return how many bytes wait to be sent, those of the round that is not over included."""
    of_this_round = sum(map(len, client.replies))
    if client.pushes is not client.replies:
        of_this_round += sum(map(len, client.pushes))
    return client.connection.output_size + of_this_round


def _output_limit(engine: Engine, client: Client) -> BufferLimit:
    limit: BufferLimit = engine.config[b"client-output-buffer-limit"][type_of(client)]
    return limit


def _end_for_output(engine: Engine, client: Client) -> None:
    if client.unusual & Unusual.KILLED:
        return
    size = _unsent(client)
    _logger.warning("Client %d closed: %d bytes of replies it does not read.", client.id, size)
    engine.stats.output_buffer_disconnections += 1
    kill(engine, client)
    client.connection.flush()


def _reason_to_refuse(engine: Engine, client: Client) -> bytes:
    config = engine.config
    if len(engine.clients) >= config[b"maxclients"]:
        return errors.MAX_CLIENTS
    if config[b"protected-mode"] and not config[b"requirepass"] and not client.is_local:
        return errors.DENIED
    return b""


def _watch_idleness(engine: Engine, client: Client) -> None:
    """Come back when a client may have idled for `timeout` seconds, and end it if it has."""
    if client.idle_watch is not None:
        client.idle_watch.cancel()
    timeout = engine.config[b"timeout"]
    if not timeout or client not in engine.clients:
        return
    deadline = client.last_used + timeout
    is_listener = client.kind & Kind.MONITOR or client.unusual & Unusual.SUBSCRIBED
    spared = is_listener or client.backlog or is_waiting(engine, client)
    if engine.clock.monotonic >= deadline and not spared:
        _logger.info("Client %d closed: idle for %d seconds.", client.id, timeout)
        engine.clients.close(client)
        return
    if deadline <= engine.clock.monotonic:
        deadline = engine.clock.monotonic + timeout
    client.idle_watch = engine.timers.at(deadline, partial(_watch_idleness, engine, client))


def watch_all_for_idleness(engine: Engine) -> None:
    """Start the watch over every client anew, after `timeout` was changed."""
    for client in engine.clients:
        _watch_idleness(engine, client)
