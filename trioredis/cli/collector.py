"""Python's garbage collector, in a process that does nothing but serve."""

import gc


def calm_collector() -> None:
    """Take everything that exists now out of the collector's sight, and have it look at the rest less often.

    A full pass over a million containers would hold the server for a tenth of a second and more. What the server
    drops is in no cycles, so reference counts free it at once. A program that embeds the server decides for itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
