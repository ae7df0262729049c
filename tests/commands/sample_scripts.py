"""Scripts, and parts of scripts, to run here and there."""

DATA = """
redis.call('SET', 's', 'v') redis.call('RPUSH', 'l', 'a', 'b') redis.call('HSET', 'h', 'f', 'v')
redis.call('ZADD', 'z', 1.5, 'm') redis.call('SADD', 'st', 'm') redis.call('XADD', 'x', '1-1', 'a', 'b')
redis.call('GEOADD', 'g', 1, 2, 'a')
"""

RESULTS = [
    "1", "-1", "1.9", "-1.9", "1/0", "-1/0", "0/0", "1e30", "-1e30", "2^53", "2^63", "-2^63", "nil", "true",
    "false", "'x'", "''", "'a\\r\\nb'", "{}", "{1, 2, nil, 4}", "{1, 'a', {true, false, {}}}", "{a = 1, 'x'}",
    "KEYS", "ARGV", "{ok = 'fine'}", "{ok = 'a\\r\\nb\\n'}", "{ok = 1}", "{ok = ''}", "{1, {ok = 'x'}}",
    "{ok = 'x', err = 'y'}", "{err = 'MY x'}", "{err = 'a\\r\\nb'}", "{err = 1}", "{err = ''}",
    "{1, {err = 'x'}}", "{err = '-x'}", "{double = 1.5}", "{double = 3}", "{double = '1'}", "{double = 1/0}",
    "{1, {double = -2.25}}", "{map = {a = 1}}", "{map = {}}", "{map = 1}",
    "{map = {[1] = {map = {x = 'y'}}}}", "{set = {a = true}}", "{set = {}}", "{set = 1}",
    "{1, {set = {[5] = 1}}}", "{big_number = '12345678901234567890'}", "{big_number = 1}",
    "{verbatim_string = {string = 'x', format = 'txt'}}", "{verbatim_string = {string = 'x', format = 'm'}}",
    "{verbatim_string = {string = 'x'}}", "{verbatim_string = 1}", "{map = {a = 1}, set = {b = 1}}",
    "{map = {a = 1}, verbatim_string = {string = 'x', format = 'txt'}}", "{double = 1, map = {a = 1}}",
    "{set = {b = 1}, big_number = '1'}", "function() end", "coroutine.create(function() end)",
    "{function() end, 1}", "redis", "_G.redis == redis", "redis.error_reply('x')", "redis.error_reply('-x')",
    "redis.error_reply('MY x')", "redis.error_reply('-MY x y')", "redis.error_reply('')",
    "redis.error_reply()", "redis.error_reply({})", "redis.error_reply('a', 'b')", "redis.status_reply('x')",
    "redis.status_reply('x y')", "redis.status_reply()", "redis.status_reply(1)",
    "setmetatable({'a'}, {__index = function() return 'm' end})",
]  # fmt: skip

REPLIES = [
    "'GET', 's'", "'GET', 'none'", "'MGET', 's', 'none', 's'", "'SET', 's', 'v'", "'PING'",
    "'LRANGE', 'l', 0, -1", "'HGETALL', 'h'", "'ZSCORE', 'z', 'm'", "'SMEMBERS', 'st'",
    "'ZRANGE', 'z', 0, -1, 'WITHSCORES'", "'LPOP', 'none', 2", "'XRANGE', 'x', '-', '+'",
    "'XREAD', 'STREAMS', 'x', '0'", "'GEOPOS', 'g', 'none'", "'EXISTS', 's'", "'KEYS', '*none*'",
    "'ZADD', 'z', 'INCR', 1, 'm'", "'COMMAND', 'INFO', 'none'", "'DEBUG', 'PROTOCOL', 'true'",
    "'CONFIG', 'GET', 'x'", "'INCR', 's'", "'NOPE'", "'GET'", "'CONFIG'", "'CONFIG', 'NOPE'", "'MULTI'",
    "'EVAL', 'return 1', 0", "", "{}", "nil", "'GET', true", "'SELECT', 99",
    "'xread', 'BLOCK', 0, 'STREAMS', 'x', '0'", "'OBJECT', 'ENCODING', 's'",
]  # fmt: skip

NUMBERS = [
    "1",
    "-1",
    "1.5",
    "0.1",
    "1e15",
    "1e16",
    "1e17",
    "123456789012345678",
    "1e20",
    "-1e20",
    "1/3",
    "1/0",
    "0/0",
]

FAILURES = [
    "error('x')", "error('x', 0)", "error('x', 2)", "error()", "error(nil)", "error(12)", "error(true)",
    "error({err = 'MY x'})", "error({err = 'x'})", "error({err = 'a\\r\\nb'})",
    "error(redis.error_reply('x'))", "return none", "return none.x", "none()", "none = 1", "_G.none = 1",
    "rawset(_G, 'x', 1)", "redis.x = 1", "rawset(redis, 'x', 1)", "table.insert(redis, 1)",
    "setmetatable(redis, {})", "setmetatable(_G, nil)", "string.x = 1", "getmetatable('').x = 1",
    "getmetatable(_G).__index = nil", "KEYS = {}", "local t = nil t.x = 1", "local t = nil; t()",
    "return redis.none()", "return 1 + nil", "return 'a' + 1", "return {} .. 'x'", "return {} < {}",
    "return 1 < '2'", "return #5", "for i = 1, 'x' do end", "local t = {} t[nil] = 1", "return ('x'):none()",
    "local function f() return f() + 1 end return f()", "assert(false)", "assert(nil, 'x')", "x x",
    "return (", "'", "return 1 +", "\n\nerror('x')", "\x1bLua", "local function f()\nerror('x')\nend\nf()",
    "return redis.call('INCR',\n's')", "pcall(error) error('x')",
    "coroutine.wrap(function() error('x') end)()",
    "return coroutine.wrap(function() return redis.call('NOPE') end)()", "coroutine.yield()",
    "loadstring(\"error('x')\")()", "math.random(0)", "unpack({}, 1, 1e8)", "string.rep()", "next()",
    "next({}, 'x')", "rawset({}, nil, 1)", "setmetatable(1, {})", "setmetatable({}, 1)", "table.insert({})",
    "table.insert(1, 2)", "redis.log()", "redis.log(1)", "redis.log(9, 'x')", "redis.log('x', 'y')",
    "redis.setresp()", "redis.setresp(1)", "redis.setresp(3, 3)", "redis.sha1hex()", "redis.set_repl()",
    "redis.set_repl(9)", "redis.acl_check_cmd()", "redis.acl_check_cmd('NOPE')", "redis.acl_check_cmd({})",
    "table.setn({}, 1)", "string.format('%s', nil)",
]  # fmt: skip

SHEBANGS = [
    "#!lua", "#!lua\nreturn 1", "#!lua flags=\nreturn 1",
    "#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')", "#!lua flags=nope\nreturn 1",
    "#!lua name=x\nreturn 1", "#!python\nreturn 1", "#!\nreturn 1", "#!lua return 1",
    "#!lua flags=no-writes,allow-oom,allow-stale,no-cluster,allow-cross-slot-keys\nreturn 1",
    "#!lua\n\nerror('x')", "#!lua flags=no-writes, allow-oom\nreturn 1",
    "#!lua flags=no-writes flags=allow-oom\nreturn 1", '#!lua "\nreturn 1',
]  # fmt: skip
