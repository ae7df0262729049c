"""The limits of sets, as the functions on them take them."""

from trioredis.datatypes.packing import Limits


def limits(integers: int = 512, entries: int = 128, value: int = 64) -> Limits:
    """Directives with these values."""
    return {
        b"set-max-intset-entries": integers,
        b"set-max-listpack-entries": entries,
        b"set-max-listpack-value": value,
    }


USUAL = limits()
