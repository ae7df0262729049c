"""Walks through values of every type while the limits of their compact encodings change under them.

A limit is looked at when something is added, so that a value may be larger than it, and stay what it is. These are all the
differences that are allowed: an encoding that is a listpack here and which the oracle is too old to have, and which
listpacks a quicklist has. Elements come one by one, and there is always room for one: 7.2 counts beforehand what a call
adds, 7.0 does not.
"""

from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

from bare_engine import words
from differential.command_lines import Line
from differential.test_walks import QUICKLY, Walk, patient_wire
from oracle import Wire
from trioredis.config.catalogue import find

__all__ = ["patient_wire"]

SIZES = [0, 0, 1, 2, 5, 5, 20, 500, 2**63 - 1]

LIMITS = {
    "hash-max-listpack-entries": SIZES[2:],
    "hash-max-listpack-value": SIZES,
    "zset-max-listpack-entries": SIZES[2:],
    "zset-max-listpack-value": SIZES,
    "set-max-intset-entries": SIZES[2:],
    "set-max-listpack-entries": SIZES,
    "set-max-listpack-value": SIZES,
    "list-max-listpack-size": [0, 1, 2, 5, 20, 2**31 - 1, -1, -2, -5, -6, -(2**31)],
    "stream-node-max-entries": SIZES,
    "stream-node-max-bytes": [*SIZES, 200],
    "hll-sparse-max-bytes": [*SIZES, 19, 60],
}
UNKNOWN_TO_THE_ORACLE = {"set-max-listpack-entries", "set-max-listpack-value"}

TYPES = {"hash": b"h", "zset": b"z", "set": b"s", "list": b"l", "stream": b"x", "string": b"p"}

WORDS = [*range(12), *range(12), "a", "b", "-7", "longer", "x" * 64, "y" * 65, "z" * 600]

CALLS = """
    HSET h W W; HSET h W W; HSET h W W; HSET h W W; HSETNX h W W; HINCRBY h W 70000; HINCRBYFLOAT h W 1.25; HDEL h W
    ZADD z N W; ZADD z N W; ZADD z N W; ZINCRBY z 2 W; ZREM z W; ZPOPMIN z; ZREMRANGEBYRANK z 0 1; ZADD z XX CH N W
    ZUNIONSTORE z2 2 z s; ZINTERSTORE z2 2 z z2; ZDIFFSTORE z2 2 z s; ZRANGESTORE z z2 0 -2; ZADD z2 N W; ZREM z2 W
    SADD s W; SADD s W; SADD s N; SADD s N; SADD s N; SREM s W; SREM s N; SMOVE s s2 N; SMOVE s2 s W; SUNIONSTORE s2 s s2
    SINTERSTORE s2 s s2; SDIFFSTORE s2 s s2; SUNIONSTORE s s2
    RPUSH l W; RPUSH l W; LPUSH l W; LINSERT l BEFORE N W; LINSERT l AFTER W N; LSET l 2 W; LSET l -1 W; LREM l 1 W
    LPOP l; RPOP l; LTRIM l 1 -2; LTRIM l 0 3; LMOVE l l2 LEFT RIGHT; LMOVE l2 l RIGHT LEFT; RPOPLPUSH l l; LPUSHX l2 W
    XADD x N-* f W; XADD x 12-* f W; XADD x 12-* f W; XADD x 12-* g W f W; XADD x MAXLEN ~ 5 13-* f W; XADD x MAXLEN 4 13-* g 1
    XTRIM x MAXLEN ~ 4; XTRIM x MINID ~ 12-2; XDEL x 12-1; XDEL x 12-0 13-0
    PFADD p W; PFADD p W W W W W W; PFADD p2 N W; PFMERGE p p2; PFMERGE p2 p; PFCOUNT p; PFADD p2 W W W W W
    COPY h h2 REPLACE; COPY z z2 REPLACE; COPY l l2 REPLACE; COPY x x2 REPLACE; COPY s s2 REPLACE; COPY p p2 REPLACE
    RENAME h2 h; RENAME z2 z; RENAME l2 l; RENAME s2 s; RENAME x2 x; SORT s BY nosort STORE l2; SORT z ALPHA STORE l
    HSET h2 W W; HDEL h2 W; XADD x2 14-* f W; GEOADD z 1.5 N W; GEORADIUS z 1.5 1.5 1000 km STORE z2
"""


@st.composite
def calls(draw: st.DrawFn) -> Line:
    """A call with words and small numbers in the places of `W` and `N`."""
    line = draw(
        st.sampled_from([call.split() for call in CALLS.replace("\n", ";").split(";") if call.strip()])
    )
    name, key, *rest = line
    chosen: list[object] = []
    for word in rest:
        number = draw(st.integers(0, 12)) if "N" in (word, word[:1]) and word[1:] in ("", "-*") else None
        if word == "W":
            chosen.append(draw(st.sampled_from(WORDS)))
        else:
            chosen.append(word if number is None else f"{number}{word[1:]}")
    return words(name, key, *chosen)  # type: ignore[arg-type]


CHANGES: SearchStrategy[tuple[str, int]] = st.sampled_from(sorted(LIMITS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(LIMITS[name]))
)


class LimitWalk(Walk):
    walk_on = None

    @rule(lines=st.lists(calls(), min_size=1, max_size=20))
    def work(self, lines: list[Line]) -> None:
        for line in lines:
            self.step(line)
            keys = [word for word in line[1:] if word[:1] in b"hzslxp" and len(word) <= 2]
            self.look(keys)

    @rule(change=CHANGES)
    def change_a_limit(self, change: tuple[str, int]) -> None:
        line = words("CONFIG", "SET", *change)
        if change[0] in UNKNOWN_TO_THE_ORACLE:
            assert self.ours(*line) == b"+OK\r\n"
        else:
            self.step(line)

    def look(self, keys: list[bytes]) -> None:
        for key in keys:
            self.step([b"TYPE", key])
            self.step([b"DEBUG", b"DIGEST-VALUE", key])
            line = [b"OBJECT", b"ENCODING", key]
            theirs, ours = self.theirs.command(*line), self.ours(*line)
            if key[:1] == b"s":
                theirs, ours = (b"intset" if b"intset" in each else b"" for each in (theirs, ours))
            if key[:1] != b"l":
                self.compare(line, theirs, ours)
            if key[:1] == b"x":
                self.step([b"XINFO", b"STREAM", key])

    def teardown(self) -> None:
        super().teardown()
        for name in LIMITS.keys() - UNKNOWN_TO_THE_ORACLE:
            directive = find(name.encode())
            assert directive is not None
            self.theirs.command("CONFIG", "SET", name, directive.default)


def test_a_walk_under_changing_limits_ends_where_it_ends_on_a_real_redis(patient_wire: Wire) -> None:
    run_state_machine_as_test(lambda: LimitWalk(patient_wire), settings=QUICKLY)
