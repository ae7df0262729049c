"""A dataset with values of every type, small and large, in every encoding, as the commands that build it.

It comes of a seed. Nothing in it depends on chance or on the time at the server, so that it can be built on two of them:
ids of stream entries are given, deadlines are absolute and far away.
"""

from collections.abc import Callable, Iterator
from random import Random

from oracle import Argument

Line = list[Argument]

SIZES = (1, 2, 3, 5, 10, 40, 100, 127, 128, 129, 200, 511, 512, 513, 1000)
"""On either side of the limits of all compact encodings; every type has every size."""

DEADLINE = 4_000_000_000_000


def building_lines(seed: int) -> Iterator[Line]:
    """Yield the commands of one dataset."""
    random = Random(seed)
    for name, build in BUILDERS.items():
        for size in SIZES:
            key = b"%b:%d" % (name.encode(), size)
            yield from build(random, key, size)
            if random.random() < 0.1:
                yield ["PEXPIREAT", key, DEADLINE]


# --- words


def integer(random: Random) -> bytes:
    bits = random.choice([3, 7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 63])
    return b"%d" % (random.getrandbits(bits) * random.choice([1, 1, -1]))


def text(random: Random) -> bytes:
    size = random.choice([0, 1, 5, 10, 20, 21, 44, 45, 63, 64])
    return bytes(random.choices(b"abcdefgh\x00\xff", k=size))


def long_text(random: Random) -> bytes:
    size = random.choice([65, 65, 126, 200, 200, 1000, 4100, 9000])
    return random.choice(
        [bytes(random.choices(b"abc", k=size)), random.randbytes(size), b"tick" * (size // 4)]
    )


def short(random: Random) -> bytes:
    return random.choice([integer, text])(random)


def mixed(random: Random) -> bytes:
    return random.choices([integer, text, long_text], [5, 14, 1])[0](random)


def score(random: Random) -> str:
    return random.choice(
        [
            str(random.randrange(10)),
            str(random.randrange(-(10**6), 10**18)),
            repr(random.uniform(-100, 100)),
            repr(random.random() * 10.0 ** random.randrange(-300, 300)),
            random.choice(["inf", "-inf", "0.1", "-0.5", "1e17", "1e30"]),
        ]
    )


Word = Callable[[Random], bytes]

WORDS: dict[str, Word] = {"integers": integer, "short": short, "mixed": mixed}


def several(random: Random, word: Word, count: int) -> list[bytes]:
    return [word(random) for _ in range(count)]


def portions(random: Random, words: list[bytes], multiple: int = 1) -> Iterator[list[bytes]]:
    """Some words at a time, as clients add them."""
    while words:
        size = random.choice([1, 2, 7, 50]) * multiple
        yield words[:size]
        words = words[size:]


# --- strings


def build_string(random: Random, key: bytes, size: int) -> Iterator[Line]:
    yield ["SET", key, random.choice([*WORDS.values(), long_text])(random)]
    match random.randrange(6):
        case 0:
            yield ["APPEND", key, b"x" * size]
        case 1:
            yield ["SETRANGE", key, size, short(random)]
        case 2:
            yield ["SET", key, size]
            yield ["INCRBY", key, random.randrange(-(10**12), 10**12)]
        case 3:
            yield ["SET", key, size]
            yield ["INCRBYFLOAT", key, random.choice(["0.1", "5", "-2.25"])]


def build_bitmap(random: Random, key: bytes, size: int) -> Iterator[Line]:
    for _ in range(random.randrange(1, 5)):
        yield ["SETBIT", key, random.randrange(8 * size), 1]
        yield ["BITFIELD", key, "INCRBY", "u5", random.randrange(size), 3]


def build_hyperloglog(random: Random, key: bytes, size: int) -> Iterator[Line]:
    for words in portions(random, several(random, mixed, size)):
        yield ["PFADD", key, *words]


# --- lists


def build_list(random: Random, key: bytes, size: int, word: Word) -> Iterator[Line]:
    known = several(random, word, size)
    for words in portions(random, known):
        yield [random.choice(["LPUSH", "RPUSH", "RPUSH"]), key, *words]
    for _ in range(random.choice([0, 0, size // 5])):
        index = random.randrange(-size, size)
        match random.randrange(5):
            case 0:
                yield ["LSET", key, index, word(random)]
            case 1:
                yield ["RPOPLPUSH", key, key]
            case 2:
                yield ["LREM", key, random.choice([-1, 1]), word(random)]
            case 3:
                yield ["LMOVE", key, key, "LEFT", "RIGHT"]
            case 4:
                yield ["LINSERT", key, random.choice(["BEFORE", "AFTER"]), random.choice(known), word(random)]
    if size > 100 and random.random() < 0.3:
        yield ["LTRIM", key, random.randrange(50), -random.randrange(1, 50)]


# --- hashes


def build_hash(random: Random, key: bytes, size: int, word: Word) -> Iterator[Line]:
    fields = several(random, word, size)
    pairs = [item for field in fields for item in (field, word(random))]
    for words in portions(random, pairs, 2):
        yield ["HSET", key, *words]
    if random.random() < 0.3:
        yield ["HINCRBY", key, "counter", random.randrange(10**6)]
        yield ["HINCRBYFLOAT", key, "gauge", "0.5"]
        yield ["HDEL", key, *fields[: size // 3 + 1]]


# --- sets


def build_set(random: Random, key: bytes, size: int, word: Word) -> Iterator[Line]:
    members = several(random, word, size)
    for words in portions(random, members):
        yield ["SADD", key, *words]
    if random.random() < 0.3:
        yield ["SADD", key, "odd one"]
        yield ["SREM", key, *members[: size // 3 + 1]]


def build_joined_set(random: Random, key: bytes, size: int) -> Iterator[Line]:
    kinds = random.choices([*WORDS], k=2)
    others = [f"set of {kind}:{random.choice(SIZES)}" for kind in kinds]
    yield ["SUNIONSTORE", key, *others]


# --- sorted sets


def build_sorted_set(random: Random, key: bytes, size: int, word: Word) -> Iterator[Line]:
    members = several(random, word, size)
    pairs = [item for member in members for item in (score(random).encode(), member)]
    for words in portions(random, pairs, 2):
        yield ["ZADD", key, *words]
    if random.random() < 0.3:
        yield ["ZADD", key, 1.5, "odd one"]
        yield ["ZINCRBY", key, "2.25", "odd one"]
        yield ["ZREM", key, *members[: size // 3 + 1]]


# --- streams


def build_stream(random: Random, key: bytes, size: int, word: Word) -> Iterator[Line]:
    milliseconds, sequence, ids = random.randrange(10**13), random.randrange(5), []
    fields = several(random, text, random.randrange(1, 5))
    for _ in range(size):
        if random.random() < 0.1:
            fields = several(random, word, random.randrange(1, 5))
        milliseconds, sequence = random.choice(
            [(milliseconds, sequence + 1), (milliseconds + 1, 0), (milliseconds + random.randrange(10**6), 7)]
        )
        sequence += 1
        ids.append(f"{milliseconds}-{sequence}")
        yield ["XADD", key, ids[-1], *(item for field in fields for item in (field, word(random)))]
    for number in range(random.choice([0, 0, 1, 3])):
        yield from build_group(random, key, f"group {number}", ids)


def build_group(random: Random, key: bytes, group: str, ids: list[str]) -> Iterator[Line]:
    yield ["XGROUP", "CREATE", key, group, random.choice(["0", "$", random.choice(ids)])]
    for consumer in ("idle", "first", "second", "12345"):
        # Before it reads: 7.2 creates a consumer for which there is nothing to read, 7.0 does not.
        yield ["XGROUP", "CREATECONSUMER", key, group, consumer]
    for consumer in ("first", "second", "12345"):
        count = random.choice([1, 10, 100])
        yield ["XREADGROUP", "GROUP", group, consumer, "COUNT", count, "STREAMS", key, ">"]
    yield ["XACK", key, group, *random.sample(ids, len(ids) // 3 + 1)]
    yield [
        "XCLAIM",
        key,
        group,
        "second",
        0,
        *random.sample(ids, len(ids) // 5 + 1),
        "TIME",
        5,
        "RETRYCOUNT",
        300,
    ]


def build_trimmed_stream(random: Random, key: bytes, size: int) -> Iterator[Line]:
    for number in range(1, size + 1):
        yield ["XADD", key, f"{number}-0", "field", mixed(random)]
        if random.random() < 0.1:
            yield ["XDEL", key, f"{random.randrange(1, number + 1)}-0"]
    yield [
        "XTRIM",
        key,
        random.choice(["MAXLEN", "MINID"]),
        random.choice(["=", "~"]),
        random.randrange(size),
    ]


# --- all of them


def build_copy(random: Random, key: bytes, size: int) -> Iterator[Line]:
    """Something that moved: a copy of a value of any kind, under another name or in another database."""
    source = f"{random.choice([*BUILDERS])}:{size}"
    yield ["COPY", source, b"copied " + key]
    yield random.choice([["RENAME", source, key], ["MOVE", source, 1]])


def kinds() -> Iterator[tuple[str, Callable[[Random, bytes, int], Iterator[Line]]]]:
    yield "string", build_string
    yield "bitmap", build_bitmap
    yield "hyperloglog", build_hyperloglog
    for name, build in {
        "list": build_list,
        "hash": build_hash,
        "set": build_set,
        "sorted set": build_sorted_set,
        "stream": build_stream,
    }.items():
        for words, word in WORDS.items():
            yield (
                f"{name} of {words}",
                lambda random, key, size, build=build, word=word: build(random, key, size, word),
            )
    yield "joined set", build_joined_set
    yield "trimmed stream", build_trimmed_stream
    yield "copy", build_copy


BUILDERS = dict(kinds())
