"""What tests of commands start from, besides `call` and `both`, which all tests have.

`call` runs commands on a bare engine whose time stands still until the test says `manual_time.pass_by(10)`.
`both` runs them on another one, whose time is the oracle's, and on the oracle, and asserts that the raw replies
are equal; a test that asks for it runs twice, in RESP2 and in RESP3. See `bare_engine` for how to write commands.
"""

from collections.abc import Iterator

import pytest

from crowd import Crowd, gathered
from oracle import Oracle
from side_by_side import Both
from trioredis.config.catalogue import find


@pytest.fixture
def usual_limits(request: pytest.FixtureRequest) -> None:
    """Let both sides of `both`, if the test asks for them, begin with the usual limits of sorted sets."""
    if "both" in request.fixturenames:
        both: Both = request.getfixturevalue("both")
        both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
        both("CONFIG", "SET", "zset-max-listpack-entries", 128)


@pytest.fixture
def crowd(both: Both, oracle: Oracle) -> Iterator[Crowd]:
    """Clients that wait on both sides of `both`; they are gone when the test ends."""
    with gathered(both, oracle) as crowd:
        yield crowd


@pytest.fixture
def other(both: Both) -> Both:
    """A second client on both sides of `both`."""
    return both.another()
