"""Our libraries and the oracle's, for every test of a library."""

import pytest

from bare_libraries import BothLuas, Lua
from oracle import Wire


@pytest.fixture
def both_luas(oracle_wire: Wire) -> BothLuas:
    """Fresh on both sides: the oracle forgets the settings of its libraries with its scripts."""
    oracle_wire.command("SCRIPT", "FLUSH")
    return BothLuas(Lua.open(), oracle_wire)
