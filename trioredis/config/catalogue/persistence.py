"""Directives about snapshots and the append only file: known, and refused where they would switch them on."""

from trioredis.config.compounds import SAVE_POINTS
from trioredis.config.directives import (
    HIDDEN,
    IMMUTABLE,
    NOT_WHILE_LOADING,
    PROTECTED,
    Directive,
    refused,
    waiting,
)
from trioredis.config.kinds import BOOLEAN, INT_MAX, INT_MIN, LONG_MAX, Kind, integer, memory, one_of, text

NOTHING_SAVED = refused("the data lives in memory only, nothing is saved yet")
UNTIL_SAVING = waiting("persistence comes with a later release")
ANY_INT = integer(INT_MIN, INT_MAX)


def _file_name(directive: bytes, may_be_empty: bool = False) -> Kind:
    def check(text: bytes) -> bytes | None:
        if not text and not may_be_empty:
            return b"%b can't be empty" % directive
        if b"/" in text or b"\\" in text:
            return b"%b can't be a path, just a filename" % directive
        return None

    return text(unset_if_empty=False, check=check, expects=b"a file name without a path")


PERSISTENCE = (
    Directive(
        b"save",
        SAVE_POINTS,
        (),
        NOTHING_SAVED,
        redis_default=((3600, 1), (300, 100), (60, 10000)),
        departure="nothing is saved yet, and a server that is embedded in a program writes no file unasked",
    ),
    Directive(
        b"dbfilename", _file_name(b"dbfilename", may_be_empty=True), b"dump.rdb", UNTIL_SAVING, PROTECTED
    ),
    Directive(b"rdbcompression", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"rdbchecksum", BOOLEAN, True, UNTIL_SAVING, IMMUTABLE),
    Directive(b"rdb-save-incremental-fsync", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"rdb-del-sync-files", BOOLEAN, False, UNTIL_SAVING),
    Directive(b"rdb-key-save-delay", ANY_INT, 0, UNTIL_SAVING, HIDDEN),
    Directive(b"key-load-delay", ANY_INT, 0, UNTIL_SAVING, HIDDEN),
    Directive(b"loading-process-events-interval-bytes", integer(1024, INT_MAX), 2**21, UNTIL_SAVING, HIDDEN),
    Directive(b"stop-writes-on-bgsave-error", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"sanitize-dump-payload", one_of(b"no", b"yes", b"clients"), b"no", UNTIL_SAVING),
    Directive(b"appendonly", BOOLEAN, False, NOTHING_SAVED, NOT_WHILE_LOADING),
    Directive(b"appendfsync", one_of(b"everysec", b"always", b"no"), b"everysec", UNTIL_SAVING),
    Directive(b"appendfilename", _file_name(b"appendfilename"), b"appendonly.aof", UNTIL_SAVING, IMMUTABLE),
    Directive(b"appenddirname", _file_name(b"appenddirname"), b"appendonlydir", UNTIL_SAVING, IMMUTABLE),
    Directive(b"no-appendfsync-on-rewrite", BOOLEAN, False, UNTIL_SAVING),
    Directive(b"auto-aof-rewrite-percentage", integer(0, INT_MAX), 100, UNTIL_SAVING),
    Directive(b"auto-aof-rewrite-min-size", memory(0, LONG_MAX), 64 * 2**20, UNTIL_SAVING),
    Directive(b"aof-rewrite-incremental-fsync", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"aof-load-truncated", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"aof-use-rdb-preamble", BOOLEAN, True, UNTIL_SAVING),
    Directive(b"aof-timestamp-enabled", BOOLEAN, False, UNTIL_SAVING),
    Directive(b"aof-disable-auto-gc", BOOLEAN, False, UNTIL_SAVING),
)
