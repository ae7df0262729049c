"""String commands: replies and announcements beside a real Redis, and what only the engine shows."""

from side_by_side import Both


def test_x(both: Both):
    both("SET k v")
    both.events("INCR k")
    both.events("INCR j")
