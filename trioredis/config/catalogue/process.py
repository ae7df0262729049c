"""Directives about the process: where it runs, what it logs, how it ends, and the threads that it has not got."""

import re

from trioredis.config.compounds import OOM_SCORES, SHUTDOWN_FLAGS
from trioredis.config.directives import (
    HIDDEN,
    HONOURED,
    IMMUTABLE,
    PROTECTED,
    Directive,
    meaningless,
    refused,
)
from trioredis.config.kinds import BOOLEAN, INT_MAX, LONG_MAX, TEXT, TEXT_OR_EMPTY, integer, one_of, text

ONE_THREAD = meaningless("the server runs in one thread, that of Trio")
NO_PINNING = refused("the server does not choose its CPUs; taskset does")
NO_CRASH_REPORT = meaningless("Python reports its crashes itself")
NO_CRON = meaningless("there is no cron: the server wakes up when something is due")
NO_TITLE = meaningless("a Python process keeps the title that it was started with")
NO_SYSLOG = refused("the server does not write to syslog")
HOST_DECIDES = meaningless("this is a matter of the program that the server lives in")
NO_DEPRECATED_API = refused(
    "what Redis calls deprecated there (print, getfenv, newproxy) lets scripts out of their sandbox"
)

FACILITIES = (b"user", *(b"local%d" % number for number in range(8)))
_TITLE_VARIABLES = {
    b"title": b"",
    **dict.fromkeys(
        (b"listen-addr", b"server-mode", b"port", b"tls-port", b"unixsocket", b"config-file"), b"x"
    ),
}


def _check_title(template: bytes) -> bytes | None:
    filled = re.sub(rb"{([^}]*)}", lambda found: _TITLE_VARIABLES.get(found[1], b"{"), template)
    if b"{" in filled or not filled.strip():
        return b"template format is invalid or contains unknown variables"
    return None


def _saves(endings: tuple[bytes, ...]) -> bool:
    return b"save" in endings


PROCESS = (
    Directive(
        b"daemonize",
        BOOLEAN,
        False,
        refused("a service manager, or the shell, does that better"),
        IMMUTABLE,
    ),
    Directive(
        b"supervised",
        one_of(b"upstart", b"systemd", b"auto", b"no"),
        b"no",
        refused("the server does not signal a service manager that it is ready"),
        IMMUTABLE,
    ),
    Directive(b"pidfile", TEXT, b"", HONOURED, IMMUTABLE),
    Directive(b"dir", TEXT_OR_EMPTY, b".", HONOURED, PROTECTED),
    Directive(b"databases", integer(1, INT_MAX), 16, HONOURED, IMMUTABLE),
    Directive(b"loglevel", one_of(b"debug", b"verbose", b"notice", b"warning", b"nothing"), b"notice"),
    Directive(b"logfile", TEXT_OR_EMPTY, b"", HONOURED, IMMUTABLE),
    Directive(b"syslog-enabled", BOOLEAN, False, NO_SYSLOG, IMMUTABLE),
    Directive(b"syslog-ident", TEXT_OR_EMPTY, b"redis", meaningless(NO_SYSLOG.reason), IMMUTABLE),
    Directive(b"syslog-facility", one_of(*FACILITIES), b"local0", meaningless(NO_SYSLOG.reason), IMMUTABLE),
    Directive(b"always-show-logo", BOOLEAN, False, meaningless("there is no logo"), IMMUTABLE),
    Directive(b"set-proc-title", BOOLEAN, True, NO_TITLE, IMMUTABLE),
    Directive(
        b"proc-title-template",
        text(unset_if_empty=False, check=_check_title, expects=b"a text with known {variables}"),
        b"{title} {listen-addr} {server-mode}",
        NO_TITLE,
    ),
    Directive(b"shutdown-timeout", integer(0, INT_MAX), 10),
    Directive(b"shutdown-on-sigint", SHUTDOWN_FLAGS, (), refused("nothing can be saved yet"), refuses=_saves),
    Directive(
        b"shutdown-on-sigterm", SHUTDOWN_FLAGS, (), refused("nothing can be saved yet"), refuses=_saves
    ),
    Directive(b"crash-log-enabled", BOOLEAN, True, NO_CRASH_REPORT),
    Directive(b"crash-memcheck-enabled", BOOLEAN, True, NO_CRASH_REPORT),
    Directive(b"use-exit-on-panic", BOOLEAN, False, NO_CRASH_REPORT, HIDDEN),
    Directive(b"watchdog-period", integer(0, INT_MAX), 0, NO_CRASH_REPORT, HIDDEN),
    Directive(b"ignore-warnings", TEXT_OR_EMPTY, b"", meaningless("no warning is given that it names")),
    Directive(b"hz", integer(0, INT_MAX, bounds=(1, 500)), 10, NO_CRON),
    Directive(b"dynamic-hz", BOOLEAN, True, NO_CRON),
    Directive(b"io-threads", integer(1, 128), 1, ONE_THREAD, IMMUTABLE),
    Directive(b"io-threads-do-reads", BOOLEAN, False, ONE_THREAD, IMMUTABLE),
    Directive(b"server_cpulist", TEXT, b"", NO_PINNING, IMMUTABLE),
    Directive(b"bio_cpulist", TEXT, b"", NO_PINNING, IMMUTABLE),
    Directive(b"aof_rewrite_cpulist", TEXT, b"", NO_PINNING, IMMUTABLE),
    Directive(b"bgsave_cpulist", TEXT, b"", NO_PINNING, IMMUTABLE),
    Directive(b"oom-score-adj", one_of(b"no", b"yes", b"relative", b"absolute"), b"no", HOST_DECIDES),
    Directive(b"oom-score-adj-values", OOM_SCORES, (0, 200, 800), HOST_DECIDES),
    Directive(b"disable-thp", BOOLEAN, True, HOST_DECIDES, IMMUTABLE),
    Directive(
        b"locale-collate",
        TEXT_OR_EMPTY,
        b"",
        refused("a locale belongs to the whole process; SORT compares texts byte by byte"),
        refuses=lambda name: name not in (b"", b"C", b"POSIX"),
    ),
    Directive(b"busy-reply-threshold", integer(0, LONG_MAX), 5000, aliases=(b"lua-time-limit",)),
    Directive(b"lua-enable-deprecated-api", BOOLEAN, False, NO_DEPRECATED_API, IMMUTABLE | HIDDEN),
)
