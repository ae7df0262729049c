"""Commands about scripts, one after the other: the cache, read-only scripts, what a script says of itself.

A line is split as a shell does it; ``{sha}`` of a line is that of the script that stands first in the transcript.
"""

import shlex
from collections.abc import Callable
from hashlib import sha1

TRANSCRIPTS: dict[str, str] = {
    "a script is called by its digest": r"""
        SCRIPT LOAD "return {KEYS[1], ARGV[1]}"
        EVALSHA {sha} 1 key arg
        EVALSHA {SHA} 1 key arg
        EVALSHA_RO {sha} 1 key arg
        SCRIPT EXISTS {sha} {SHA} ffffffffffffffffffffffffffffffffffffffff
    """,
    "a script that was run is known": r"""
        EVAL "return 1" 0
        EVALSHA {sha} 0
        SCRIPT FLUSH
        EVALSHA {sha} 0
        SCRIPT EXISTS {sha}
    """,
    "a read-only script that was run is known": r"""
        EVAL_RO "return 1" 0
        EVALSHA {sha} 0
    """,
    "a script that does not compile is not kept": r"""
        SCRIPT LOAD "return ("
        EVALSHA {sha} 0
        EVAL "return (" 0
        EVAL_RO "return (" 0
        SCRIPT EXISTS {sha}
    """,
    "a digest that nobody knows": r"""
        EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
        EVALSHA short 0
        EVALSHA_RO ffffffffffffffffffffffffffffffffffffffff 0
        EVALSHA ffffffffffffffffffffffffffffffffffffffff x
        EVALSHA "" 0
    """,
    "the count of keys is checked": r"""
        EVAL "return 1"
        EVAL "return 1" x
        EVAL "return 1" -1
        EVAL "return 1" 1
        EVAL "return 1" 3 a b
        EVAL "return {#KEYS, #ARGV}" 2 a b c
        EVAL "return 1" 99999999999999999999
        EVAL "return 1" 9223372036854775807
        EVAL_RO "return 1" -1
        EVALSHA {sha} -1
        EVALSHA {sha} 2 a
    """,
    "the cache is emptied in three ways": r"""
        SCRIPT LOAD "return 1"
        SCRIPT FLUSH ASYNC
        SCRIPT EXISTS {sha}
        SCRIPT LOAD "return 1"
        SCRIPT FLUSH sync
        SCRIPT EXISTS {sha}
        SCRIPT FLUSH NEVER
        SCRIPT FLUSH ASYNC SYNC
        SCRIPT FLUSH
    """,
    "FLUSHALL keeps scripts": r"""
        SCRIPT LOAD "return 1"
        FLUSHALL
        EVALSHA {sha} 0
    """,
    "SCRIPT in all forms that are wrong": r"""
        SCRIPT
        SCRIPT NOSUCH
        SCRIPT LOAD
        SCRIPT LOAD a b
        SCRIPT EXISTS
        SCRIPT KILL now
        SCRIPT KILL
        script exists x
    """,
    "read-only scripts write nothing": r"""
        EVAL_RO "return redis.call('GET', KEYS[1])" 1 k
        EVAL_RO "return redis.call('SET', KEYS[1], 'v')" 1 k
        EVAL_RO "return redis.pcall('SET', KEYS[1], 'v')" 1 k
        EVAL_RO "return {pcall(redis.call, 'DEL', 'k')}" 0
        EVAL_RO "return redis.call('PUBLISH', 'c', 'm')" 0
        EVAL_RO "return redis.call('SPUBLISH', 'c', 'm')" 0
        EVAL_RO "return redis.call('PFCOUNT', 'h')" 0
        EVAL_RO "return redis.call('SORT', 'k')" 0
        EVAL_RO "return redis.call('SORT_RO', 'k')" 0
        EVAL_RO "return redis.call('GETEX', 'k')" 0
        EVAL_RO "return redis.call('EXPIRE', 'k', 10)" 0
        EVAL_RO "return redis.call('FLUSHALL')" 0
        EVAL_RO "return redis.call('FLUSHDB')" 0
        EVAL_RO "return redis.call('RENAME', 'a', 'b')" 0
        EVAL_RO "return redis.call('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 's', '>')" 0
        EVAL_RO "return redis.call('BITFIELD', 'k', 'GET', 'u8', 0)" 0
        EVAL_RO "return redis.call('BITFIELD_RO', 'k', 'GET', 'u8', 0)" 0
        EVAL_RO "return redis.call('NOSUCH')" 0
        EVAL_RO "return redis.call('GET')" 0
        EVAL_RO "return redis.call('PING')" 0
        EVAL_RO "return redis.call('TIME')[3]" 0
        DBSIZE
    """,
    "a first line without flags": r"""
        EVAL "#!lua\nreturn redis.call('SET', KEYS[1], 'v')" 1 k
        EVAL "#!lua\n\nreturn error('where')" 0
        EVAL "#!lua" 0
        EVAL "#!lua return 1" 0
        EVAL "#! lua\nreturn 1" 0
        EVAL "#!\nreturn 1" 0
        EVAL "#!LUA\nreturn 1" 0
        EVAL "#!python\nreturn 1" 0
        EVAL "#\nreturn 1" 0
        EVAL "#!lua name=x\nreturn 1" 0
        EVAL "#!lua x\nreturn 1" 0
        EVAL "\n#!lua\nreturn 1" 0
        SCRIPT LOAD "#!lua nonsense\nreturn 1"
        SCRIPT LOAD "#!nope\nreturn 1"
    """,
    "flags": r"""
        EVAL "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])" 1 k
        EVAL "#!lua flags=no-writes\nreturn redis.call('SET', KEYS[1], 'v')" 1 k
        EVAL "#!lua flags=no-writes\nreturn redis.pcall('SET', KEYS[1], 'v')" 1 k
        EVAL "#!lua flags=\nreturn redis.call('SET', KEYS[1], 'v')" 1 k
        EVAL "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], 'v')" 1 k
        EVAL "#!lua flags=allow-stale\nreturn 1" 0
        EVAL "#!lua flags=no-cluster\nreturn 1" 0
        EVAL "#!lua flags=allow-cross-slot-keys\nreturn 1" 0
        EVAL "#!lua flags=no-writes,allow-stale\nreturn 1" 0
        EVAL "#!lua flags=no-writes,\nreturn 1" 0
        EVAL "#!lua flags=,\nreturn 1" 0
        EVAL "#!lua flags=nonsense\nreturn 1" 0
        EVAL "#!lua flags=NO-WRITES\nreturn 1" 0
        EVAL "#!lua flags=no-writes flags=allow-oom\nreturn 1" 0
        EVAL "#!lua  flags=no-writes\nreturn 1" 0
        EVAL "#!lua flags=no-writes \nreturn 1" 0
    """,
    "read-only scripts with flags": r"""
        SCRIPT LOAD "#!lua\nreturn redis.call('SET', 'k', 'v')"
        EVALSHA_RO {sha} 0
        EVAL_RO "#!lua\nreturn 1" 0
        EVAL_RO "#!lua flags=no-writes\nreturn 1" 0
        EVAL_RO "#!lua flags=allow-oom\nreturn 1" 0
    """,
    "scripts in a transaction": r"""
        MULTI
        EVAL "return redis.call('INCR', KEYS[1])" 1 n
        EVAL "return redis.call('NOSUCH')" 0
        EVAL "return ("  0
        EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
        EVAL "return redis.call('MULTI')" 0
        SCRIPT LOAD "return 1"
        EXEC
        GET n
    """,
    "a transaction refuses a script that is called wrongly": r"""
        MULTI
        EVAL "return 1"
        EXEC
    """,
    "a script touches what is watched": r"""
        WATCH k
        EVAL "return redis.call('SET', KEYS[1], 'v')" 1 k
        MULTI
        GET k
        EXEC
    """,
    "a script that writes nothing touches nothing": r"""
        WATCH k
        EVAL "return redis.call('GET', KEYS[1])" 1 k
        MULTI
        PING
        EXEC
    """,
    "keys that are not declared may be used": r"""
        EVAL "return redis.call('SET', 'other', 'v')" 1 k
        EVAL "#!lua\nreturn redis.call('GET', 'other')" 1 k
        EVAL "return redis.call('MSET', 'a', 1, 'b', 2)" 0
    """,
    "a database chosen in a script": r"""
        EVAL "redis.call('SELECT', 3) return redis.call('SET', 'k', 'three')" 0
        GET k
        SELECT 3
        GET k
    """,
    "a protocol chosen in a script": r"""
        HSET h f v
        EVAL "redis.setresp(3) return redis.call('HGETALL', 'h')" 0
        EVAL "return redis.call('HGETALL', 'h')" 0
        EVAL "redis.setresp(3) return {double = 1.5}" 0
    """,
    "globals do not stay": r"""
        EVAL "x = 5" 0
        EVAL "return x" 0
        EVAL "rawset(_G, 'x', 5) return x" 0
        EVAL "return rawget(_G, 'x')" 0
        EVAL "_G.x = 1" 0
        EVAL "string.x = 1" 0
        EVAL "redis.call = nil" 0
        EVAL "KEYS = {} ARGV = {} return 1" 0
        EVAL "KEYS[1] = 'other' return KEYS[1]" 1 k
        EVAL "return KEYS[1]" 1 k
    """,
    "arguments are bytes": r"""
        EVAL "return {#ARGV[1], ARGV[1]}" 0 ""
        EVAL "return {KEYS[1], ARGV[1] == '', ARGV[2]}" 1 "" "" "a b"
    """,
    "monitors and subscribers": r"""
        EVAL "return redis.call('PUBLISH', 'channel', 'message')" 0
        EVAL "return redis.pcall('PSUBSCRIBE', '*')" 0
    """,
}


def commands_of(transcript: str) -> list[list[str]]:
    """The commands of a transcript, word by word."""
    commands = [shlex.split(line.replace("\\n", "\n")) for line in transcript.strip().splitlines()]
    first = next(
        (words[-1] if words[0] == "SCRIPT" else words[1] for words in commands if words[0] in _FIRST), ""
    )
    digest = sha1(first.encode()).hexdigest()
    return [[_FILLED[word](digest) if word in _FILLED else word for word in words] for words in commands]


_FIRST = ("SCRIPT", "EVAL", "EVAL_RO")
_FILLED: dict[str, Callable[[str], str]] = {"{sha}": str.lower, "{SHA}": str.upper}
