"""Ours and the oracle's, for every script; DEBUG is allowed on both sides."""

import pytest

from side_by_side import Both
from trioredis.config.catalogue import find


@pytest.fixture
def both(both: Both) -> Both:
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    both.theirs.command("SCRIPT", "FLUSH")
    return both
