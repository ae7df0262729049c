"""Every event that Redis's commands announce, in every class, as subscribers hear them beside a real Redis."""

import pytest

from crowd import Crowd
from side_by_side import Both
from trioredis.config.catalogue import find

STRINGS = """
SET s 1                        SET s 2 EX 100            SET s 3 GET                 SET missing 1 XX GET
SET s 4 KEEPTTL                SETNX n 1                 SETNX n 2                   SETEX e 100 a
PSETEX e 100000 a              GETSET e b                GETSET fresh b              MSET a 1 b 2 a 3
MSETNX m1 1 m2 2               MSETNX m1 1 m3 2          INCR i                      DECRBY i 2
INCRBYFLOAT i 1.5              APPEND ap a               APPEND ap b                 SETRANGE sr 2 a
SETRANGE sr 0 b                GET missing               MGET s missing missing      STRLEN missing
GETRANGE missing 0 1           LCS missing s             GETDEL n                    GETDEL missing
GETEX s EX 10                  GETEX s PERSIST           GETEX missing               GETEX e EXAT 1
SETBIT bits 1 1                BITFIELD bits SET u8 0 1  BITFIELD missing GET u8 0   BITOP OR both bits s
BITOP AND both missing also    BITCOUNT missing          BITPOS missing 1            GETBIT missing 1
PFADD pf a                     PFADD pf a                PFCOUNT pf                  PFCOUNT missing
PFCOUNT pf missing             PFMERGE pm pf missing     PFMERGE pm missing
"""

LISTS = """
LPUSH l a b                    RPUSH l c                 LPUSHX missing a            LINSERT l BEFORE a x
LINSERT missing BEFORE a x     LSET l 0 y                LSET missing 0 y            LREM l 1 y
LREM missing 1 y               LTRIM l 0 2               LTRIM missing 0 2           LPOP l
LMOVE l other LEFT RIGHT       RPOPLPUSH other other     RPOPLPUSH other l           LMPOP 2 missing l LEFT COUNT 9
LPOP missing                   RPUSH l a b               BLPOP missing l 1           BRPOP missing l 1
RPUSH l 3 1 2                  SORT l STORE sorted       SORT l BY w_* GET v_*       SORT missing STORE sorted
BLMOVE l moved LEFT LEFT 1     BRPOPLPUSH l moved 1      LRANGE missing 0 1          LLEN missing
LINDEX missing 0               LPOS missing a            LTRIM moved 5 6
"""

HASHES_AND_SETS = """
HSET h a 1 b 2                 HSET h a 1                HSETNX h c 3                HMSET h d 4
HINCRBY h a 1                  HINCRBYFLOAT h a 1.5      HDEL h a                    HDEL h nothing
HDEL h b c d                   HGET missing a            HMGET missing a             HGETALL missing
HLEN missing                   HSCAN missing 0           HRANDFIELD missing          HDEL missing a
SADD x a b c                   SADD x a                  SADD y b c d                SREM x a
SMOVE x y b                    SMOVE x z c               SREM y c d                  SPOP y 9
SPOP missing                   SADD x a b                     SADD y b                  SINTERSTORE i x y           SUNIONSTORE i x missing
SDIFFSTORE i x x               SINTERSTORE i x missing   SINTER missing x            SUNION missing also
SDIFF missing x                SINTERCARD 1 missing      SMEMBERS missing            SRANDMEMBER missing 2
SSCAN missing 0                SISMEMBER missing a       SREM missing a
"""

SORTED_SETS = """
ZADD z 1 a 2 b 3 c 4 d         ZADD z 1 a                ZADD z INCR 1 a             ZINCRBY z 1 b
ZREM z a                       ZREM z nothing            ZADD z XX 9 d               ZADD missing XX 9 d
ZPOPMIN z                      ZPOPMAX z                 ZADD z 1 a 2 b 3 c          ZREMRANGEBYSCORE z 1 1
ZREMRANGEBYRANK z 0 0          ZREMRANGEBYLEX z - +      ZADD z 1 a 2 b              ZUNIONSTORE u 2 z missing
ZINTERSTORE u 1 z              ZDIFFSTORE u 1 z          ZRANGESTORE u z 0 -1        ZRANGESTORE u missing 0 -1
ZINTERSTORE u 2 z missing      ZMPOP 1 z MIN             BZPOPMIN missing z 1        ZADD z 1 a 2 b
BZPOPMAX z missing 1           BZMPOP 1 2 missing z MIN
ZSCORE missing a               ZRANGE missing 0 1        ZRANK missing a             ZCARD missing
ZUNION 2 z missing             ZRANDMEMBER missing       ZSCAN missing 0             GEOADD g 1 1 a
GEOSEARCHSTORE k g FROMLONLAT 1 1 BYRADIUS 1 km          GEORADIUS g 1 1 1 km STORE k
GEORADIUS g 1 1 1 km STOREDIST k2                        GEOSEARCHSTORE k missing FROMLONLAT 1 1 BYRADIUS 1 km
GEOPOS missing a               GEODIST missing a b
"""

STREAMS = """
XADD x 1-1 a b                 XADD x MAXLEN 1 1-2 a b   XADD x NOMKSTREAM 1-3 a b   XADD missing NOMKSTREAM 1 a b
XTRIM x MAXLEN 1               XDEL x 1-3                XDEL x 1-3                  XADD x 1-9 a b
XSETID x 1-10                  XGROUP CREATE x g 0       XGROUP SETID x g 0          XGROUP CREATE new g 0 MKSTREAM
XGROUP CREATECONSUMER x g c    XGROUP CREATECONSUMER x g c                           XREADGROUP GROUP g d STREAMS x >
XCLAIM x g e 0 1-9             XAUTOCLAIM x g f 0 0      XACK x g 1-9                XGROUP DELCONSUMER x g c
XGROUP DESTROY x g             XGROUP DESTROY x g        XLEN missing                XRANGE missing - +
XREAD STREAMS missing 0        XINFO STREAM missing      XPENDING missing g          XACK missing g 1
XGROUP CREATE missing g 0      XREADGROUP GROUP g c STREAMS missing >                XTRIM missing MAXLEN 1
"""

KEYS = """
SET k 1                        SET l 2                   EXPIRE k 100                EXPIRE k 100 NX
PERSIST k                      PERSIST k                 PEXPIREAT k 1               EXPIRE missing 1
SET k 1                        RENAME k l                RENAME l l                  RENAMENX l m
COPY m n                       COPY m n                  COPY m n REPLACE            COPY m n DB 1
MOVE n 2                       MOVE n 2                  COPY missing n              RENAMENX m l
MOVE missing 2                 DEL l missing l           SET a 1                     UNLINK a missing
EXISTS missing                 TYPE missing              TTL missing                 EXPIRETIME missing
TOUCH missing                  OBJECT ENCODING missing   OBJECT IDLETIME missing     OBJECT REFCOUNT missing
OBJECT FREQ missing            MEMORY USAGE missing      DEBUG POPULATE 2
WATCH missing                  UNWATCH                   SWAPDB 0 3
FLUSHDB                        SET a 1                   FLUSHALL
"""


def lines(text: str) -> list[str]:
    return [call.strip() for line in text.strip().splitlines() for call in line.split("   ") if call.strip()]


@pytest.fixture
def debugging(both: Both) -> Both:
    both.ours.engine.config.assign(find(b"enable-debug-command"), [b"yes"])
    return both


@pytest.mark.parametrize(
    "transcript",
    [STRINGS, LISTS, HASHES_AND_SETS, SORTED_SETS, STREAMS, KEYS],
    ids=["$", "l", "hs", "z", "t", "g"],
)
def test_subscribers_hear_of_every_command_what_they_hear_from_redis(
    debugging: Both, transcript: str
) -> None:
    for line in lines(transcript):
        debugging.notifications("KEAnm", line)


@pytest.mark.parametrize("letter", "g$lshzxetdnm")
def test_every_event_is_of_the_class_of_which_it_is_in_redis(debugging: Both, letter: str) -> None:
    for transcript in (STRINGS, LISTS, HASHES_AND_SETS, SORTED_SETS, STREAMS, KEYS):
        for line in lines(transcript):
            debugging.notifications("E" + letter, line)


@pytest.mark.parametrize(
    "letters", ["", "K", "E", "A", "g$", "KA", "EA", "KEg", "KEA", "AKE", "Kn", "Em", "n", "KEAn", "KEgn"]
)
def test_the_letters_choose_the_channels_and_the_events(both: Both, letters: str) -> None:
    for line in ("SET k 1", "GET missing", "EXPIRE k 100", "DEL k"):
        both.notifications(letters, line)


def test_what_a_transaction_does_is_heard_when_it_is_executed(both: Both) -> None:
    both.listen("KEAnm")
    both.transcript(
        "MULTI", "SET a 1", "EXPIRE a 100", "GET missing", "DEL a", "SELECT 2", "INCR b", "EXEC", "SELECT 0"
    )
    events = [b"new", b"set", b"expire", b"keymiss", b"del", b"new", b"incrby"]
    assert events == [message for channel, message in both.heard() if channel.startswith(b"__keyspace@")]


def test_what_a_waiting_client_takes_is_heard_after_what_was_given(both: Both, crowd: Crowd) -> None:
    crowd.wait("BLMOVE l taken LEFT LEFT 0")
    both.listen("E$lgn")
    both("RPUSH l a")
    events = [channel.rpartition(b":")[2] for channel, _ in both.heard()]
    assert [b"new", b"rpush", b"new", b"lpush", b"lpop", b"del"] == events


def test_a_client_that_leaves_no_access_times_is_told_of_too(both: Both) -> None:
    both.ours("CLIENT NO-TOUCH ON")  # 7.2
    for line in ("SET a 1", "GET missing", "EXISTS missing", "GET a", "DEL a"):
        both.notifications("KEAnm", line)
    both.listen("KEAnm")
    both.transcript("MULTI", "SET a 1", "GET missing", "DEL a", "EXEC")
    assert 8 == len(both.heard())


@pytest.mark.parametrize("letters", ["KEA", "KEAnm"])
@pytest.mark.parametrize(
    "looks",
    ["GET k", "SET k 2", "DEL l k", "EXISTS k", "RENAME k l", "TTL k", "SCAN 0", "INCR k", "COPY l k"],
)
def test_a_key_has_expired_when_somebody_looks_if_nobody_saw_to_its_deadline(
    debugging: Both, looks: str, letters: str
) -> None:
    debugging.transcript("DEBUG SET-ACTIVE-EXPIRE 0", "SET l 1", "SET k 1 PX 1")
    debugging.theirs.command("DEBUG", "SLEEP", "0.005")
    heard = debugging.notifications(letters, looks)
    debugging("DEBUG SET-ACTIVE-EXPIRE 1")
    assert (b"__keyevent@0__:expired", b"k") in heard
