"""What CONFIG SET has to change besides the value itself: state that the engine made from a directive earlier.

Most directives are looked up where they matter and need nothing. The thresholds of the slow log and of the latency
monitor are followed by the executor, sockets and limits of files by the server.
"""

import os
from collections.abc import Callable
from functools import partial

from trioredis.config.kinds import ConfigError
from trioredis.engine.authentication import let_in
from trioredis.engine.engine import Engine
from trioredis.engine.lifecycle import watch_all_for_idleness


def follow_config(engine: Engine) -> None:
    """Obey the configuration, now and after every change; `ConfigError` if the directory does not exist."""
    for name, follow in _FOLLOWERS.items():
        engine.config.on_change(name, partial(follow, engine))
    _track_latency(engine)
    _notify(engine)
    wanted = engine.config[b"dir"]
    try:
        _change_directory(engine)
    except ConfigError as refusal:
        raise ConfigError(b"dir: '%b': %b" % (wanted, refusal.reason)) from None


def _note_password(engine: Engine) -> None:
    """Without a password nobody has to authenticate; a new one asks nobody who is in already."""
    if not engine.config[b"requirepass"]:
        for client in engine.clients:
            let_in(client)


def _track_latency(engine: Engine) -> None:
    engine.commands.fold_stats()
    engine.commands.latency_tracking = engine.config[b"latency-tracking"]


def _notify(engine: Engine) -> None:
    engine.notifications.follow()


def _trim_slowlog(engine: Engine) -> None:
    engine.slowlog.trim(engine.config[b"slowlog-max-len"])


def _bound_tracking(engine: Engine) -> None:
    engine.tracking.keep_to(engine.config[b"tracking-table-max-keys"])


def _change_directory(engine: Engine) -> None:
    # The process stays where it is: that is the business of the program that the server lives in.
    try:
        engine.directory = engine.env.files.directory(engine.directory / os.fsdecode(engine.config[b"dir"]))
    except OSError as error:
        raise ConfigError((error.strerror or "").encode()) from None
    engine.config.values[b"dir"] = os.fsencode(engine.directory)


_FOLLOWERS: dict[bytes, Callable[[Engine], None]] = {
    b"timeout": watch_all_for_idleness,
    b"requirepass": _note_password,
    b"latency-tracking": _track_latency,
    b"slowlog-max-len": _trim_slowlog,
    b"tracking-table-max-keys": _bound_tracking,
    b"notify-keyspace-events": _notify,
    b"dir": _change_directory,
}
