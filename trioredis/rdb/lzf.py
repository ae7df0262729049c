"""LZF, the compression of long strings in snapshots, byte for byte as liblzf does it for Redis.

The compressed form is a sequence of two things:

- literals: a byte ``000LLLLL``, then L + 1 bytes to copy (at most 32);
- references: ``LLLooooo oooooooo``, copy L + 2 bytes that begin ``o + 1`` bytes back; L = 7 puts a further
  byte between the two, which is added to L.

Any such sequence can be read back, but DEBUG OBJECT shows how long Redis's is, so `compress` looks for matches
as liblzf does (its hash, its habit of entering only the last two bytes of a match into the table, its limits on
lengths), and gives up exactly when it would. The speed of a loop in Python comes with it: about 3 MB/s.
"""

_LONGEST_RUN = 32
_FARTHEST = 8192
_LONGEST_MATCH = 264
_UNROLLED = 16
_EXTENDED = 7


def compress(data: bytes, limit: int) -> bytes | None:
    """Return the compressed form, or None where liblzf, given `limit` bytes for it, gives up."""
    output = bytearray()
    table: dict[int, int] = {}
    last = len(data) - 2
    position = written = 0
    while position < last:
        word = int.from_bytes(data[position : position + 3])
        slot = ((word >> 8) - word * 5) & 0xFFFF
        source = table.get(slot, 0)
        table[slot] = position
        if (
            not source
            or position - source > _FARTHEST
            or data[source : source + 3] != data[position : position + 3]
        ):
            position += 1
            continue
        if len(output) + _run_size(position - written) + 4 >= limit:
            return None
        _put_literals(output, data[written:position])
        size = _match_length(data, source, position)
        _put_reference(output, position - source - 1, size - 2)
        position = written = position + size
        if position < last:
            _enter(table, data, position - 2)
            _enter(table, data, position - 1)
    return _finished(output, data[written:], position - written, limit)


def decompress(data: bytes, size: int) -> bytes:
    """Return the `size` bytes that were compressed; ValueError if that is not what `data` stands for."""
    output = bytearray()
    position = 0
    while position < len(data) and len(output) <= size:
        control = data[position]
        position += 1
        if control < _LONGEST_RUN:
            output += data[position : position + control + 1]
            position += control + 1
            continue
        count = control >> 5
        if count == _EXTENDED:
            count += _byte(data, position)
            position += 1
        distance = ((control & 0x1F) << 8) + _byte(data, position) + 1
        position += 1
        _copy_back(output, distance, count + 2)
    if len(output) != size or position != len(data):
        raise ValueError("not the LZF form of that many bytes")
    return bytes(output)


def _run_size(count: int) -> int:
    """Return the bytes that `count` literals take: one more for every run that was begun."""
    return count + -(-count // _LONGEST_RUN)


def _put_literals(output: bytearray, literals: bytes) -> None:
    for start in range(0, len(literals), _LONGEST_RUN):
        run = literals[start : start + _LONGEST_RUN]
        output.append(len(run) - 1)
        output += run


def _put_reference(output: bytearray, offset: int, count: int) -> None:
    if count < _EXTENDED:
        output.append((count << 5) + (offset >> 8))
    else:
        output.append((_EXTENDED << 5) + (offset >> 8))
        output.append(count - _EXTENDED)
    output.append(offset & 0xFF)


def _enter(table: dict[int, int], data: bytes, position: int) -> None:
    word = int.from_bytes(data[position : position + 3])
    table[((word >> 8) - word * 5) & 0xFFFF] = position


def _match_length(data: bytes, source: int, position: int) -> int:
    """Return how many bytes from `source` on are those from `position` on, of which three are known to be."""
    longest = min(len(data) - position - 2, _LONGEST_MATCH)
    # The first 16 comparisons of liblzf are unrolled and do not look at the bound.
    longest = max(longest, _UNROLLED + 3 if longest > _UNROLLED else 3)
    if data[source : source + longest] == data[position : position + longest]:
        return longest
    size = 3
    while data[source + size] == data[position + size]:
        size += 1
    return size


def _finished(output: bytearray, rest: bytes, searched: int, limit: int) -> bytes | None:
    """Put the last literals, of which `searched` had been looked at when the search ended."""
    begun = len(output) + searched + searched // _LONGEST_RUN + 1
    if begun + 3 > limit:
        return None
    _put_literals(output, rest)
    return bytes(output)


def _copy_back(output: bytearray, distance: int, count: int) -> None:
    """Append `count` bytes that begin `distance` bytes back; they may run into themselves."""
    start = len(output) - distance
    if start < 0:
        raise ValueError("an LZF reference to before the beginning")
    stretch = output[start : start + count]
    output += (stretch * (count // len(stretch) + 1))[:count]


def _byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise ValueError("LZF data that ends in a reference")
    return data[position]
