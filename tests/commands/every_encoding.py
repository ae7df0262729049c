"""A value in every encoding that there is, as the command line that makes it under the key `k`."""

LONG = "long" * 17
"""Longer than a short element may be."""

MANY = [str(number * number) for number in range(3000)]

STREAM = [
    "XADD k 1-1 name value",
    "XADD k 2-1 name other",
    "XADD k 2-2 another 12",
    "XGROUP CREATE k readers 0",
]

VALUES: dict[tuple[bytes, bytes], list[str]] = {
    (b"string", b"int"): ["SET k 12"],
    (b"string", b"embstr"): ["SET k text"],
    (b"string", b"raw"): [f"SET k {LONG}"],
    (b"list", b"listpack"): ["RPUSH k a b 3"],
    (b"list", b"quicklist"): ["RPUSH k " + " ".join(MANY)],
    (b"set", b"intset"): ["SADD k 3 1 2"],
    (b"set", b"listpack"): ["SADD k a b 3"],
    (b"set", b"hashtable"): [f"SADD k a b {LONG}"],
    (b"hash", b"listpack"): ["HSET k a 1 b 2"],
    (b"hash", b"hashtable"): [f"HSET k a 1 b {LONG}"],
    (b"zset", b"listpack"): ["ZADD k 1 a 2.5 b"],
    (b"zset", b"skiplist"): [f"ZADD k 1 a 2.5 {LONG}"],
    (b"stream", b"stream"): STREAM,
}
"""By type and encoding, as version 7.2 names them."""

BEFORE: dict[tuple[bytes, bytes], bytes] = {
    (b"list", b"listpack"): b"quicklist",
    (b"set", b"listpack"): b"hashtable",
}
"""What 7.0 says of the encodings that 7.2 brought."""
