"""CLUSTER, READONLY, READWRITE and ASKING: known, and refused (Redis documentation: Cluster).

A server that is no part of a cluster answers all of them with the same error; clients ask to find that out.
"""

from trioredis import errors
from trioredis.engine.command import (
    ADMIN,
    FAST,
    LOADING,
    NO_ASYNC_LOADING,
    NOSCRIPT,
    STALE,
    command,
    container,
)
from trioredis.engine.context import Context
from trioredis.errors import CommandError
from trioredis.protocol.replies import Reply


@command(
    "ASKING",
    arity=1,
    flags=FAST,
    group="cluster",
    since="3.0.0",
    complexity="O(1)",
    categories="connection",
)
def asking(ctx: Context) -> Reply:
    """Announce that the next command follows an ASK redirection."""
    raise CommandError(errors.NO_CLUSTER)


@command(
    "READONLY",
    arity=1,
    flags=LOADING | STALE | FAST,
    group="cluster",
    since="3.0.0",
    complexity="O(1)",
    categories="connection",
)
def readonly(ctx: Context) -> Reply:
    """Allow reading from the slots of a cluster replica."""
    raise CommandError(errors.NO_CLUSTER)


@command(
    "READWRITE",
    arity=1,
    flags=LOADING | STALE | FAST,
    group="cluster",
    since="3.0.0",
    complexity="O(1)",
    categories="connection",
)
def readwrite(ctx: Context) -> Reply:
    """Send reads to the cluster master again."""
    raise CommandError(errors.NO_CLUSTER)


cluster = container("CLUSTER", group="cluster", since="3.0.0")


@cluster.subcommand(
    "ADDSLOTS",
    arity=-3,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(N) for N slots",
    args="slot:integer...",
)
def cluster_addslots(ctx: Context, *slots: bytes) -> Reply:
    """Assign slots to the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "ADDSLOTSRANGE",
    arity=-4,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="7.0.0",
    complexity="O(N) for N slots",
    args="(start-slot:integer end-slot:integer)...",
)
def cluster_addslotsrange(ctx: Context, *pairs: bytes) -> Reply:
    """Assign ranges of slots to the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "BUMPEPOCH",
    arity=2,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    tips="nondeterministic_output",
)
def cluster_bumpepoch(ctx: Context) -> Reply:
    """Advance the configuration epoch."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "COUNT-FAILURE-REPORTS",
    arity=3,
    flags=ADMIN | STALE,
    since="3.0.0",
    complexity="O(N) for N failure reports",
    args="node-id",
    tips="nondeterministic_output",
)
def cluster_count_failure_reports(ctx: Context, node_id: bytes) -> Reply:
    """Count the reports that a node has failed."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "COUNTKEYSINSLOT",
    arity=3,
    flags=STALE,
    since="3.0.0",
    complexity="O(1)",
    args="slot:integer",
)
def cluster_countkeysinslot(ctx: Context, slot: bytes) -> Reply:
    """Return the number of keys in a slot."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "DELSLOTS",
    arity=-3,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(N) for N slots",
    args="slot:integer...",
)
def cluster_delslots(ctx: Context, *slots: bytes) -> Reply:
    """Take slots from the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "DELSLOTSRANGE",
    arity=-4,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="7.0.0",
    complexity="O(N) for N slots",
    args="(start-slot:integer end-slot:integer)...",
)
def cluster_delslotsrange(ctx: Context, *pairs: bytes) -> Reply:
    """Take ranges of slots from the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "FAILOVER",
    arity=-2,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="[options=(FORCE | TAKEOVER)]",
)
def cluster_failover(ctx: Context, *options: bytes) -> Reply:
    """Make a replica take over from its master."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "FLUSHSLOTS",
    arity=2,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
)
def cluster_flushslots(ctx: Context) -> Reply:
    """Take all slots from the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "FORGET",
    arity=3,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="node-id",
)
def cluster_forget(ctx: Context, node_id: bytes) -> Reply:
    """Remove a node from the list of known nodes."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "GETKEYSINSLOT",
    arity=4,
    flags=STALE,
    since="3.0.0",
    complexity="O(log(N)) for N keys asked for",
    args="slot:integer count:integer",
    tips="nondeterministic_output",
)
def cluster_getkeysinslot(ctx: Context, slot: bytes, count: bytes) -> Reply:
    """Return names of keys in a slot."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def cluster_help(ctx: Context) -> Reply:
    """Show how to call the CLUSTER commands."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "INFO",
    arity=2,
    flags=STALE,
    since="3.0.0",
    complexity="O(1)",
    tips="nondeterministic_output",
)
def cluster_info(ctx: Context) -> Reply:
    """Describe the state of the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "KEYSLOT",
    arity=3,
    flags=STALE,
    since="3.0.0",
    complexity="O(N) for N bytes of the key",
    args="key:string",
)
def cluster_keyslot(ctx: Context, key: bytes) -> Reply:
    """Return the slot of a key."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "LINKS",
    arity=2,
    flags=STALE,
    since="7.0.0",
    complexity="O(N) for N nodes",
    tips="nondeterministic_output",
)
def cluster_links(ctx: Context) -> Reply:
    """List the links to and from the other nodes."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "MEET",
    arity=-4,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="ip port:integer [cluster_bus_port:integer]@4.0.0",
    history=(("4.0.0", "Takes the port of the cluster bus."),),
)
def cluster_meet(ctx: Context, ip: bytes, port: bytes, *options: bytes) -> Reply:
    """Introduce a node to the cluster."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand("MYID", arity=2, flags=STALE, since="3.0.0", complexity="O(1)")
def cluster_myid(ctx: Context) -> Reply:
    """Return the id of the node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "MYSHARDID",
    arity=2,
    flags=STALE,
    since="7.2.0",
    complexity="O(1)",
    tips="nondeterministic_output",
)
def cluster_myshardid(ctx: Context) -> Reply:
    """Return the id of the node's shard."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "NODES",
    arity=2,
    flags=STALE,
    since="3.0.0",
    complexity="O(N) for N nodes",
    tips="nondeterministic_output",
)
def cluster_nodes(ctx: Context) -> Reply:
    """Describe all nodes, one on a line."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "REPLICAS",
    arity=3,
    flags=ADMIN | STALE,
    since="5.0.0",
    complexity="O(1)",
    args="node-id",
    tips="nondeterministic_output",
)
def cluster_replicas(ctx: Context, node_id: bytes) -> Reply:
    """List the replicas of a master."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "REPLICATE",
    arity=3,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="node-id",
)
def cluster_replicate(ctx: Context, node_id: bytes) -> Reply:
    """Make the node a replica of a master."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "RESET",
    arity=-2,
    flags=ADMIN | NOSCRIPT | STALE,
    since="3.0.0",
    complexity="O(N) for N nodes",
    args="[(HARD | SOFT)]",
)
def cluster_reset(ctx: Context, *options: bytes) -> Reply:
    """Make the node forget the cluster."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SAVECONFIG",
    arity=2,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
)
def cluster_saveconfig(ctx: Context) -> Reply:
    """Write the cluster's state to the disk."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SET-CONFIG-EPOCH",
    arity=3,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="config-epoch:integer",
)
def cluster_set_config_epoch(ctx: Context, config_epoch: bytes) -> Reply:
    """Set the configuration epoch of a new node."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SETSLOT",
    arity=-4,
    flags=ADMIN | STALE | NO_ASYNC_LOADING,
    since="3.0.0",
    complexity="O(1)",
    args="slot:integer subcommand=(IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE)",
)
def cluster_setslot(ctx: Context, slot: bytes, *arguments: bytes) -> Reply:
    """Bind a slot to a node, or move it."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SHARDS",
    arity=2,
    flags=STALE,
    since="7.0.0",
    complexity="O(N) for N nodes",
    tips="nondeterministic_output",
)
def cluster_shards(ctx: Context) -> Reply:
    """Map the slots to shards."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SLAVES",
    arity=3,
    flags=ADMIN | STALE,
    since="3.0.0",
    complexity="O(1)",
    args="node-id",
    tips="nondeterministic_output",
    deprecated_since="5.0.0",
    replaced_by="`CLUSTER REPLICAS`",
)
def cluster_slaves(ctx: Context, node_id: bytes) -> Reply:
    """List the replicas of a master."""
    raise CommandError(errors.NO_CLUSTER)


@cluster.subcommand(
    "SLOTS",
    arity=2,
    flags=STALE,
    since="3.0.0",
    complexity="O(N) for N nodes",
    tips="nondeterministic_output",
    history=(
        ("4.0.0", "Shows the ids of the nodes."),
        ("7.0.0", "Shows more about the network of the nodes."),
    ),
    deprecated_since="7.0.0",
    replaced_by="`CLUSTER SHARDS`",
)
def cluster_slots(ctx: Context) -> Reply:
    """Map the slots to nodes."""
    raise CommandError(errors.NO_CLUSTER)
