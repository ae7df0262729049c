"""What a script returns as a reply, and a reply as what a script sees."""

from scripting.corpus.script import Script

# Prints a value so that two that look the same are the same.
SEEN = """
local function seen(value)
  if type(value) ~= 'table' then return type(value) .. ':' .. tostring(value) end
  local lines = {}
  for key, item in pairs(value) do lines[#lines + 1] = tostring(key) .. '=' .. seen(item) end
  table.sort(lines)
  return '{' .. table.concat(lines, ', ') .. '}'
end
"""

FILLED = """
    SET string value
    SET number 10
    RPUSH list a b c
    HSET hash f1 v1 f2 v2
    HSET single field value
    SADD set only
    ZADD zset 1 one 2.5 two
    XADD stream 1-1 field value
    GEOADD places 13.361389 38.115556 Palermo
"""


def returned(name: str, expression: str) -> Script:
    return Script(f"return {name}", f"return {expression}")


def shown(command: str) -> Script:
    words = ", ".join(f"'{word}'" for word in command.split())
    return Script(f"see {command}", f"{SEEN} return seen(redis.call({words}))", before=FILLED)


def shown_in_resp3(command: str) -> Script:
    words = ", ".join(f"'{word}'" for word in command.split())
    source = f"{SEEN} redis.setresp(3) return seen(redis.call({words}))"
    return Script(f"see {command} in RESP3", source, before=FILLED)


def passed_on(command: str, protocol: int) -> Script:
    words = ", ".join(f"'{word}'" for word in command.split())
    source = f"redis.setresp({protocol}) return redis.call({words})"
    return Script(f"pass on {command} in RESP{protocol}", source, before=FILLED)


RETURNED = [
    returned("nothing", ""),
    returned("nil", "nil"),
    returned("true", "true"),
    returned("false", "false"),
    returned("an integer", "42"),
    returned("a negative integer", "-42"),
    returned("a fraction, which is cut off", "3.99"),
    returned("a negative fraction, which is cut off", "-3.99"),
    returned("the result of a division", "10/2"),
    returned("a large number", "2^53"),
    returned("too large a number", "1e300"),
    returned("minus zero", "-0"),
    returned("infinity", "1/0"),
    returned("minus infinity", "-1/0"),
    returned("what is not a number", "0/0"),
    returned("a string", "'hello'"),
    returned("an empty string", "''"),
    returned("bytes", "'\\0\\1\\255\\r\\n'"),
    returned("several values, of which the first counts", "1, 2, 3"),
    returned("an array", "{1, 'two', 3.7, true, false}"),
    returned("an array up to its first nil", "{1, 2, nil, 4}"),
    returned("an array that begins with nil", "{nil, 2}"),
    returned("an empty table", "{}"),
    returned("nested arrays", "{1, {2, {3, {}}}, 'x'}"),
    returned("a table without an array", "{name = 'x', [0] = 'zero', [1.5] = 'y'}"),
    returned("an array with fields besides", "{1, 2, name = 'x'}"),
    returned("a status", "{ok = 'FINE'}"),
    returned("a status of two lines", "{ok = 'FINE\\r\\nTHIS IS'}"),
    returned("an empty status", "{ok = ''}"),
    returned("an error", "{err = 'MY error'}"),
    returned("an error of one word", "{err = 'broken'}"),
    returned("an error of two lines", "{err = 'ERR one\\r\\ntwo'}"),
    returned("an error before a status", "{ok = 'a', err = 'ERR b'}"),
    returned("a status that is no string", "{ok = 1}"),
    returned("an error that is no string", "{err = {1}}"),
    returned("errors in an array", "{1, {err = 'ERR x'}, {ok = 'OK'}}"),
    returned("a double", "{double = 3.25}"),
    returned("a double that is whole", "{double = 3}"),
    returned("a double that is infinite", "{double = 1/0}"),
    returned("a double that is a string", "{double = '3'}"),
    returned("a map", "{map = {name = 'x'}}"),
    returned("a map of a number", "{map = {[1] = 2}}"),
    returned("an empty map", "{map = {}}"),
    returned("a map of maps", "{map = {a = {map = {b = {1, 2}}}}}"),
    returned("a set", "{set = {member = true}}"),
    returned("an empty set", "{set = {}}"),
    returned("a map that is no table", "{map = 1}"),
    returned("a big number", "{big_number = '12345678901234567890123'}"),
    returned("a verbatim string", "{verbatim_string = {string = 'text', format = 'txt'}}"),
    returned("a verbatim string without format", "{verbatim_string = {string = 'text'}}"),
    returned("a function", "function() end"),
    returned("a function in an array", "{1, tostring, 3}"),
    returned("a coroutine", "coroutine.create(function() end)"),
    returned("null of cjson", "cjson.null"),
    returned("nulls of cjson in an array", "{1, cjson.null, 2}"),
    returned("a table of a library", "{#redis, #cjson}"),
    returned("KEYS and ARGV", "{KEYS, ARGV, #KEYS, #ARGV}"),
    returned("a status made", "redis.status_reply('TUNED')"),
    returned("an error made", "redis.error_reply('MY own error')"),
    returned("an error made without a code", "redis.error_reply('nospace')"),
    returned("an error made with a dash", "redis.error_reply('-CODE with text')"),
    returned("an error made of nothing", "redis.error_reply('')"),
    returned("a table with a metatable", "setmetatable({1, 2}, {__index = function() return 'more' end})"),
    Script("return deeply nested tables", "local t = {} for i = 1, 150 do t = {t} end return t"),
    Script("return a long array", "local t = {} for i = 1, 5000 do t[i] = i end return t"),
    Script(
        "return all keys and arguments",
        "return {KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]}",
        "k1 k2",
        "a b",
    ),
    Script("return true in RESP3", "redis.setresp(3) return {true, false}"),
    Script("return false in RESP3", "redis.setresp(3) return false"),
    Script("return true in RESP2", "redis.setresp(2) return {true, 1}"),
]

COMMANDS = (
    "GET string", "GET missing", "INCR number", "STRLEN string", "LRANGE list 0 -1", "LRANGE missing 0 -1", "LINDEX list 9",
    "HGETALL hash", "HGET hash f1", "HMGET hash f1 nope f2", "HINCRBYFLOAT hash pi 3.14", "SMEMBERS set", "SISMEMBER set only",
    "ZSCORE zset two", "ZRANGE zset 0 -1 WITHSCORES", "ZADD zset INCR 2 one", "ZSCORE zset nope", "ZMSCORE zset one nope",
    "ZPOPMIN zset", "SET string x", "SET string x NX", "SET fresh x GET", "PING", "ECHO text", "TYPE list", "EXISTS string",
    "INCRBYFLOAT number 0.5", "XRANGE stream - +", "XADD stream 2-1 a b", "XINFO STREAM stream", "GEOPOS places Palermo",
    "GEODIST places Palermo Palermo", "OBJECT ENCODING number", "LMPOP 1 list LEFT",
    "SCAN 0 MATCH string", "HSCAN hash 0", "LPOS list z", "LPOP list 2", "LPOP missing",
    "BITFIELD number GET u8 0 OVERFLOW FAIL INCRBY i8 0 1000", "ZRANDMEMBER missing 3", "HRANDFIELD hash 0 WITHVALUES",
)  # fmt: skip

THREE = (
    "GET missing", "HGETALL hash", "SMEMBERS set", "ZSCORE zset two", "ZRANGE zset 0 -1 WITHSCORES", "ZADD zset INCR 2 one",
    "ZPOPMIN zset", "GEOPOS places Palermo", "GEODIST places Palermo Palermo", "XINFO STREAM stream", "XREAD STREAMS stream 0",
    "SISMEMBER set only", "LPOS list z", "HRANDFIELD hash 0 WITHVALUES",
)  # fmt: skip

# Of a map the order is not certain, and of a number that has no short form the digits are not.
PASSED_ON = ["HGETALL single"] + [
    command for command in THREE if command.split()[0] not in ("XINFO", "GEOPOS", "HGETALL")
]

CONVERSIONS = [
    *RETURNED,
    *map(shown, COMMANDS),
    *map(shown_in_resp3, THREE),
    *(passed_on(command, 2) for command in PASSED_ON),
    *(passed_on(command, 3) for command in PASSED_ON),
    Script(
        "numbers as arguments are printed with 17 digits",
        "for i, n in ipairs({3, 3.5, 1/3, 1e15, 1e17, 2^53, 1e300, 0.1}) do redis.call('RPUSH', KEYS[1], n) end"
        " return redis.call('LRANGE', KEYS[1], 0, -1)",
        "numbers",
    ),
    Script("a boolean is no argument", "return redis.call('SET', KEYS[1], true)", "k"),
    Script("a table is no argument", "return redis.call('SET', KEYS[1], {})", "k"),
    Script("nil is no argument", "return redis.call('SET', KEYS[1], nil)", "k"),
    Script("a command takes at least one argument", "return redis.call()"),
    Script(
        "a status is seen as a table",
        "local r = redis.call('SET', KEYS[1], 'v') return {type(r), r.ok, r.err}",
        "k",
    ),
    Script("false is what nil is seen as", "return tostring(redis.call('GET', KEYS[1]))", "missing"),
    Script("false is what nil is in an array", "return tostring(redis.call('MGET', 'a', 'b')[1])", "a b"),
    Script("setresp takes 2 or 3", "return redis.setresp(4)"),
    Script("setresp takes a number", "return redis.setresp('x')"),
    Script("setresp takes one argument", "return redis.setresp()"),
]
