"""Sizes as people read them; INFO as a whole is tested with the command."""

import pytest

from trioredis.engine.info import human_size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, b"0B"),
        (1023, b"1023B"),
        (1024, b"1.00K"),
        (916472, b"894.99K"),
        (6799360, b"6.48M"),
        (25276514304, b"23.54G"),
        (2**40, b"1.00T"),
        (2**50, b"1.00P"),
        (2**63, b"8192.00P"),
    ],
)
def test_sizes_are_those_that_redis_prints(size: int, text: bytes) -> None:
    assert text == human_size(size)
