"""Small collections as one object: what goes in comes out."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trioredis.datatypes.packing import pack, unpack


class Packed(bytes):
    __slots__ = ()


TEXTS = st.binary(max_size=300)
CONTENTS = (
    st.lists(TEXTS) | st.dictionaries(TEXTS, TEXTS) | st.dictionaries(TEXTS, st.floats(allow_nan=False))
)


@given(CONTENTS)
def test_what_goes_in_comes_out(content: Any) -> None:
    unpacked = unpack(pack(Packed, content))
    assert (type(content), content) == (type(unpacked), unpacked)


def test_a_dict_keeps_its_order() -> None:
    content = {b"%d" % number: b"" for number in (3, 1, 2)}
    assert list(content) == list(unpack(pack(Packed, content)))


@pytest.mark.parametrize("content", [[], {}, [b"a", b"b"], {b"a": 1.5}])
def test_its_class_says_what_it_is_and_it_has_no_room_for_attributes(content: Any) -> None:
    packed = pack(Packed, content)
    assert Packed is type(packed)
    assert not hasattr(packed, "__dict__")


def test_five_fields_take_little() -> None:
    fields = {b"field:%d" % number: b"value" for number in range(5)}
    assert pack(Packed, fields).__sizeof__() < 170
