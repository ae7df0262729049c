"""CLUSTER and its kin: what a server says that is no part of a cluster."""

import pytest

from side_by_side import Both
from trioredis.commands.cluster import cluster

# Known to 7.2, and not to the oracle.
NEW = {b"cluster|myshardid"}


@pytest.mark.parametrize("line", ["READONLY", "READWRITE", "ASKING", "ASKING x", "CLUSTER", "CLUSTER nope"])
def test_the_error_is_that_of_redis(both: Both, line: str) -> None:
    both(line)


def test_every_subcommand_is_refused_if_it_is_called_as_it_should_be(both: Both) -> None:
    for subcommand in cluster.subcommands.values():
        if subcommand.name not in NEW:
            words = subcommand.name.split(b"|")
            both(*words, *[b"1"] * (abs(subcommand.arity) - 2))
            both(*words, *[b"1"] * (abs(subcommand.arity) - 3))
