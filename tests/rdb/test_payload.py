"""The footer of DUMP: what a real Redis puts there, we put there too, and what it takes, we take."""

import struct

import pytest

from oracle import Wire
from trioredis.rdb.checksum import crc64
from trioredis.rdb.payload import is_sound, seal


def test_the_checksum_is_that_of_redis() -> None:
    # The test vector in crc64.c.
    assert 0xE9C6D914C4B8D9CA == crc64(b"123456789")


@pytest.mark.parametrize("text", [b"", b"text", bytes(range(256)) * 40])
def test_payloads_are_sealed_as_redis_does(oracle_wire: Wire, text: bytes) -> None:
    oracle_wire.command("SET", "k", text)
    payload = oracle_wire.ask("DUMP", "k")
    assert isinstance(payload, bytes)
    assert payload == seal(payload[:-10])
    assert is_sound(payload)


@pytest.mark.parametrize("payload", [b"", b"x", b"\0" * 9, seal(b"x")[1:], seal(b"x") + b"x"])
def test_what_was_not_sealed_is_not_sound(payload: bytes) -> None:
    assert not is_sound(payload)


def test_no_bit_of_a_payload_can_be_changed() -> None:
    payload = seal(b"text")
    for place in range(len(payload)):
        for bit in range(8):
            changed = bytearray(payload)
            changed[place] ^= 1 << bit
            assert not is_sound(bytes(changed))


def of_version(version: int) -> bytes:
    body = b"text" + struct.pack("<H", version)
    return body + struct.pack("<Q", crc64(body))


def test_payloads_of_redis_7_4_are_read_and_later_ones_are_not() -> None:
    assert [True, True, True, False] == [is_sound(of_version(version)) for version in (1, 10, 12, 13)]
