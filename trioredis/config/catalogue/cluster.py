"""Directives about Redis Cluster: known, and refused where they would switch it on."""

import re

from trioredis.config.directives import IMMUTABLE, Directive, refused, waiting
from trioredis.config.kinds import (
    BOOLEAN,
    INT_MAX,
    LONG_MAX,
    TEXT,
    TEXT_OR_EMPTY,
    ULONG_MAX,
    integer,
    memory,
    one_of,
    text,
)

UNTIL_CLUSTER = waiting("the cluster comes with a later release")
COUNT, PORT = integer(0, INT_MAX), integer(0, 65535)
ENDPOINTS = one_of(b"ip", b"hostname", b"unknown-endpoint")


def _check_hostname(text: bytes) -> bytes | None:
    if len(text) >= 256:
        return b"Hostnames must be less than 256 characters"
    if not re.fullmatch(rb"[A-Za-z0-9.-]*", text):
        return b"Hostnames may only contain alphanumeric characters, hyphens or dots"
    return None


def _check_node_name(text: bytes) -> bytes | None:
    if re.search(rb"[^!-~]", text):
        return b"Announced human node name contained invalid character"
    return None


HOSTNAME = text(check=_check_hostname, expects=b"a host name")
NODE_NAME = text(check=_check_node_name, expects=b"printable characters without spaces")

CLUSTER = (
    Directive(b"cluster-enabled", BOOLEAN, False, refused("the cluster does not work yet"), IMMUTABLE),
    Directive(b"cluster-config-file", TEXT_OR_EMPTY, b"nodes.conf", UNTIL_CLUSTER, IMMUTABLE),
    Directive(b"cluster-port", PORT, 0, UNTIL_CLUSTER, IMMUTABLE),
    Directive(b"cluster-node-timeout", integer(0, LONG_MAX), 15000, UNTIL_CLUSTER),
    Directive(b"cluster-migration-barrier", COUNT, 1, UNTIL_CLUSTER),
    Directive(b"cluster-allow-replica-migration", BOOLEAN, True, UNTIL_CLUSTER),
    Directive(
        b"cluster-replica-validity-factor",
        COUNT,
        10,
        UNTIL_CLUSTER,
        aliases=(b"cluster-slave-validity-factor",),
    ),
    Directive(
        b"cluster-replica-no-failover",
        BOOLEAN,
        False,
        UNTIL_CLUSTER,
        aliases=(b"cluster-slave-no-failover",),
    ),
    Directive(b"cluster-require-full-coverage", BOOLEAN, True, UNTIL_CLUSTER),
    Directive(b"cluster-allow-reads-when-down", BOOLEAN, False, UNTIL_CLUSTER),
    Directive(b"cluster-allow-pubsubshard-when-down", BOOLEAN, True, UNTIL_CLUSTER),
    Directive(b"cluster-link-sendbuf-limit", memory(0, ULONG_MAX), 0, UNTIL_CLUSTER),
    Directive(b"cluster-announce-ip", TEXT, b"", UNTIL_CLUSTER),
    Directive(b"cluster-announce-hostname", HOSTNAME, b"", UNTIL_CLUSTER),
    Directive(b"cluster-announce-human-nodename", NODE_NAME, b"", UNTIL_CLUSTER),
    Directive(b"cluster-announce-port", PORT, 0, UNTIL_CLUSTER),
    Directive(b"cluster-announce-tls-port", PORT, 0, UNTIL_CLUSTER),
    Directive(b"cluster-announce-bus-port", PORT, 0, UNTIL_CLUSTER),
    Directive(b"cluster-preferred-endpoint-type", ENDPOINTS, b"ip", UNTIL_CLUSTER),
)
