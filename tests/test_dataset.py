"""A dataset with every type, built on a real Redis and here by the same commands, is the same dataset.

That is what DEBUG DIGEST says, and what both would save of it says it again, to the byte. A real Redis can load what
we save.
"""

import re

import pytest

from dataset import building_lines
from oracle import Wire
from rdb.dumps import Savers, examining
from trioredis.keyspace.digest import digest_of_keyspace, digest_of_value

SEEDS = (2, 4)
"""None in which a list comes to one of the sizes at which 7.0 divides or merges nodes and 7.2 does not yet."""


HAS_GAPS = re.compile(rb"trimmed stream|cop(y|ied)")
"""The names of streams with deleted entries, and of what may be one; only Redis goes on saving these entries."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dataset_is_the_same_here_and_there(oracle_wire: Wire, seed: int) -> None:
    servers = Savers(oracle_wire)
    for line in building_lines(seed):
        servers.run(*line)
    keys = oracle_wire.ask("KEYS", "*")
    assert isinstance(keys, list)
    db = servers.ours.context.db
    assert len(keys) == len(db)
    assert [] == [key for key in keys if oracle_wire.ask("TYPE", key) != servers.ours("TYPE", key)[1:-2]]
    digests = oracle_wire.ask("DEBUG", "DIGEST-VALUE", *keys)
    assert digests == [digest_of_value(db, key).hex for key in keys]
    assert oracle_wire.ask("DEBUG", "DIGEST") == digest_of_keyspace(servers.ours.engine.keyspace).hex
    whole = [key for key in keys if not HAS_GAPS.match(key)]
    assert [] == [key for key in whole if not servers.save_alike(key)]
    with examining(oracle_wire):
        assert [] == [key for key in keys if not servers.restores_alike(key)]
