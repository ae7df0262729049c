"""HyperLogLogs: the encodings against a list of registers, the whole against the oracle, byte for byte."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle import Oracle, Wire
from trioredis import errors
from trioredis.datatypes import dense_registers, hyperloglog, sparse_registers
from trioredis.datatypes.dense_registers import COUNT
from trioredis.datatypes.hyperloglog_self_test import self_test
from trioredis.datatypes.murmur import murmur_hash
from trioredis.datatypes.sparse_registers import NoRoomError, Place
from trioredis.errors import CommandError
from trioredis.numerals import INT64_MIN

LIMIT = 3000
HEADER = 16
BEGIN = Place(0, 0)


# --- the hash


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 15, 16, 17, 64, 1000])
def test_elements_of_any_length_are_hashed_as_redis_hashes_them(oracle_wire: Wire, size: int) -> None:
    for seed in range(20):
        element = Random(seed).randbytes(size)
        oracle_wire.command("DEL", "key")
        oracle_wire.command("PFADD", "key", element)
        sketch = hyperloglog.new_sketch()
        hyperloglog.add(sketch, [element], LIMIT)
        hyperloglog.forget_estimate(sketch)
        assert oracle_wire.ask("GET", "key") == sketch


def test_the_seed_is_part_of_the_hash() -> None:
    assert 0 == murmur_hash(b"", 0)
    assert murmur_hash(b"element", 1) != murmur_hash(b"element", 2)


# --- dense


@given(st.integers(0, 2**32), st.lists(st.integers(0, COUNT - 1), max_size=20))
def test_registers_are_the_same_one_by_one_and_at_once(seed: int, places: list[int]) -> None:
    registers = bytearray(Random(seed).choices(range(64), k=COUNT))
    packed = dense_registers.pack(bytes(registers))
    for value, place in enumerate([*places, 0, COUNT - 1]):
        assert registers[place] == dense_registers.get(packed, 0, place)
        dense_registers.put(packed, 0, place, value)
        registers[place] = value
    assert registers == dense_registers.unpack(packed)
    assert packed == dense_registers.pack(bytes(registers))


@given(st.integers(0, 2**32))
def test_the_higher_one_of_two_registers_is_taken(seed: int) -> None:
    random = Random(seed)
    left, right = (bytes(random.choices((0, 1, 2, 31, 62, 63), k=COUNT)) for _ in range(2))
    assert bytes(map(max, left, right)) == dense_registers.highest(left, right)
    assert right == dense_registers.highest(bytes(COUNT), right)


# --- sparse

sets = st.tuples(
    st.integers(0, COUNT - 1) | st.integers(500, 530) | st.sampled_from([0, COUNT - 1]),
    st.integers(1, 3) | st.integers(1, sparse_registers.HIGHEST),
)


@given(st.lists(sets, max_size=200))
def test_sparse_registers_are_raised_and_never_lowered(changes: list[tuple[int, int]]) -> None:
    text, model = bytearray(sparse_registers.empty()), bytearray(COUNT)
    for index, value in changes:
        result = sparse_registers.raise_register(text, BEGIN, index, value, 10**6)
        assert result is not None
        assert (value > model[index]) is result[0]
        model[index] = max(model[index], value)
    assert model == sparse_registers.expand(text)


@given(st.lists(sets, max_size=80), st.lists(sets, max_size=80))
def test_ascending_changes_need_no_search_from_the_beginning(
    before: list[tuple[int, int]], changes: list[tuple[int, int]]
) -> None:
    text = bytearray(sparse_registers.empty())
    for index, value in before:
        sparse_registers.raise_register(text, BEGIN, index, value, 10**6)
    expected, place = bytearray(text), BEGIN
    for index, value in sorted(dict(changes).items()):
        sparse_registers.raise_register(expected, BEGIN, index, value, 10**6)
        result = sparse_registers.raise_register(text, place, index, value, 10**6)
        assert result is not None
        place = result[1]
        assert expected == text


def test_ascending_changes_look_at_few_opcodes() -> None:
    text, place, rest = bytearray(sparse_registers.empty()), BEGIN, []
    for index in range(0, COUNT, 5):
        result = sparse_registers.raise_register(text, place, index, 1, 10**6)
        assert result is not None
        place = result[1]
        rest.append(len(text) - place.offset)
    assert max(rest) < 200 < len(text)


def test_what_does_not_fit_leaves_the_sparse_registers_alone() -> None:
    text = bytearray(sparse_registers.empty())
    for value, limit in ((1, 3), (sparse_registers.HIGHEST + 1, 100)):
        with pytest.raises(NoRoomError):
            sparse_registers.raise_register(text, BEGIN, 7, value, limit)
    assert sparse_registers.empty() == text
    assert sparse_registers.raise_register(text, BEGIN, 7, 1, 4) is not None


def test_opcodes_behind_the_last_register_are_not_looked_at() -> None:
    class Text(bytearray):
        """Tells how much of it is read at once."""

        def __getitem__(self, place):  # type: ignore[no-untyped-def]
            part = super().__getitem__(place)
            assert isinstance(part, int) or len(part) <= sparse_registers.LONGEST
            return part

    text = Text(b"\0" * 10**6)
    assert sparse_registers.raise_register(text, BEGIN, COUNT - 1, 1, 0) is not None
    assert sparse_registers.raise_register(text, BEGIN, 0, 1, 0) is not None
    assert (b"\x80", b"\x80") == (bytes(text[COUNT - 1 : COUNT]), bytes(text[:1]))
    assert sparse_registers.expand(b"\0" * (sparse_registers.LONGEST + 1)) is None


def test_opcodes_are_shown() -> None:
    opcodes = b"\x00\x3f\x40\x40\x80\x83\xfc\x7f\xff"
    assert b"z:1 z:64 Z:65 v:1,1 v:1,4 v:32,1 Z:16384" == b" ".join(sparse_registers.show(opcodes))
    assert sparse_registers.expand(opcodes) is None


# --- whole sketches


@pytest.fixture(params=[0, 100, 3000, 15000])
def limit(request: pytest.FixtureRequest, oracle_wire: Wire) -> Iterator[int]:
    oracle_wire.command("CONFIG", "SET", "hll-sparse-max-bytes", request.param)
    yield request.param
    oracle_wire.command("CONFIG", "SET", "hll-sparse-max-bytes", LIMIT)


def test_a_sketch_that_goes_back_and_forth_has_the_same_bytes_on_both_sides(
    oracle_wire: Wire, limit: int
) -> None:
    random, sketch = Random(limit), hyperloglog.new_sketch()
    hyperloglog.forget_estimate(sketch)
    for count in [1] * 40 + [7] * 40 + [100] * 40:
        elements = [random.randbytes(random.randrange(20)) for _ in range(count)]
        oracle_wire.command("SET", "key", bytes(sketch))
        oracle_wire.command("PFADD", "key", *elements)
        hyperloglog.add(sketch, elements, limit)
        assert oracle_wire.ask("GET", "key") == sketch
    assert oracle_wire.ask("PFCOUNT", "key") == hyperloglog.estimate(hyperloglog.registers_of(sketch))
    assert (limit < 15000) is not hyperloglog.is_sparse(sketch)


def test_what_redis_wrote_is_continued_here(oracle_wire: Wire, limit: int) -> None:
    random = Random(limit)
    for number in range(1, 600):
        element = random.randbytes(number % 30)
        sketch = bytearray(oracle_wire.ask("GET", "key") or hyperloglog.new_sketch())  # type: ignore[arg-type]
        oracle_wire.command("PFADD", "key", element)
        hyperloglog.add(sketch, [element], limit)
        hyperloglog.forget_estimate(sketch)
        assert oracle_wire.ask("GET", "key") == sketch


@pytest.mark.parametrize("size", [0, 1, 10, 1000, 20_000])
def test_estimates_are_those_of_redis_and_good(oracle_wire: Wire, size: int) -> None:
    elements = [b"element %d" % number for number in range(size)]
    sketch = hyperloglog.new_sketch()
    hyperloglog.add(sketch, elements, LIMIT)
    oracle_wire.command("PFADD", "key", *elements)
    estimate = hyperloglog.estimate(hyperloglog.registers_of(sketch))
    assert oracle_wire.ask("PFCOUNT", "key", "none") == estimate
    assert abs(estimate - size) <= 0.03 * size


@given(
    st.lists(st.sampled_from([0, 1, 2, 20, 49, 50, 51, 52, 63]), min_size=1, max_size=5), st.integers(0, 9)
)
def test_registers_that_no_element_makes_are_estimated_as_by_redis(
    oracle: Oracle, values: list[int], seed: int
) -> None:
    registers = bytes(Random(seed).choices(values, k=COUNT))
    sketch = hyperloglog.new_sketch()
    hyperloglog.make_dense(sketch)
    sketch[HEADER:] = dense_registers.pack(registers)
    with oracle.connect() as wire:
        wire.command("SET", "key", bytes(sketch))
        assert wire.ask("PFCOUNT", "key", "key") == hyperloglog.estimate(registers)


def test_an_infinite_estimate_is_the_lowest_integer() -> None:
    assert INT64_MIN == hyperloglog.estimate(bytes([63]) * COUNT)


def test_an_estimate_is_kept_until_it_is_forgotten() -> None:
    sketch = hyperloglog.new_sketch()
    assert 0 == hyperloglog.known_estimate(sketch)
    hyperloglog.forget_estimate(sketch)
    assert hyperloglog.known_estimate(sketch) is None
    hyperloglog.keep_estimate(sketch, 2**40 + 5)
    assert 2**40 + 5 == hyperloglog.known_estimate(sketch)


def test_only_sketches_are_taken_for_one() -> None:
    sparse = bytes(hyperloglog.new_sketch())
    dense = hyperloglog.new_sketch()
    hyperloglog.make_dense(dense)
    for value in (sparse, bytearray(sparse), dense, bytes(dense), sparse[:HEADER]):
        assert value == hyperloglog.require_sketch(value)
    for value in (5, b"", sparse[:15], b"h" + sparse[1:], b"HYLL\2" + sparse[5:], dense + b"\0", dense[:-1]):
        with pytest.raises(CommandError) as caught:
            hyperloglog.require_sketch(value)
        assert errors.NOT_A_HYPERLOGLOG == caught.value.text
    with pytest.raises(CommandError) as caught:
        hyperloglog.require_sketch(object())
    assert errors.WRONGTYPE == caught.value.text


@pytest.mark.parametrize(
    "opcodes", [b"", b"\x7f", b"\x7f\xfe", b"\x7f\xff\x00", b"\x7f\xff\x80", b"\x7f\xff" * 99]
)
def test_opcodes_for_more_or_less_registers_are_corrupt(opcodes: bytes) -> None:
    sketch = hyperloglog.new_sketch()[:HEADER] + opcodes
    for look in (hyperloglog.registers_of, hyperloglog.make_dense):
        with pytest.raises(CommandError) as caught:
            look(sketch)
        assert errors.CORRUPTED_HYPERLOGLOG == caught.value.text
    assert hyperloglog.new_sketch()[:HEADER] + opcodes == sketch


# --- the self test


def test_the_self_test_passes() -> None:
    assert "" == self_test(Random(0), LIMIT)
    assert "" == self_test(Random(1), 0)


def test_the_self_test_finds_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    put, estimate, pack = dense_registers.put, hyperloglog.estimate, dense_registers.pack
    with monkeypatch.context() as patch:
        patch.setattr(
            dense_registers, "put", lambda text, start, index, value: put(text, start, index, value & 31)
        )
        assert self_test(Random(0), LIMIT).startswith("Register 0 should be ")
    with monkeypatch.context() as patch:
        patch.setattr(dense_registers, "pack", lambda registers: pack(registers[::-1]))
        assert "registers at once are others than one by one" == self_test(Random(0), LIMIT)
    with monkeypatch.context() as patch:
        patch.setattr(hyperloglog, "estimate", lambda registers: 2 * estimate(registers))
        assert "Too big error. card:10 abserr:10" == self_test(Random(0), LIMIT)
    with monkeypatch.context() as patch:
        patch.setattr(sparse_registers, "expand", lambda opcodes: bytes(COUNT))
        assert "dense/sparse disagree" == self_test(Random(0), LIMIT)
    with monkeypatch.context() as patch:
        patch.setattr(sparse_registers, "HIGHEST", 0)
        assert "sparse encoding not used" == self_test(Random(0), LIMIT)
