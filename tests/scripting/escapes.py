"""Scripts that try to get out, to crash the server or to keep it busy.

Those of `REFUSED` are answered as a real Redis answers them, word for word. What happens to those of `CONTAINED` is our own
affair, for there a real Redis does something else: it takes gigabytes, or minutes, or it crashes. Those of `ENDLESS` go
on until they are killed, or have no more memory, whatever they do against it.
"""

REFUSED = r"""
os.exit()
return os.execute('true')
return io.open('/etc/passwd')
return io.popen('true')
return require('os')
return dofile('/etc/passwd')
return loadfile('/etc/passwd')
return package.loadlib('libc.so.6', 'system')
return debug.getinfo(1)
return debug.sethook()
module('x')
return newproxy(true)
return python.builtins
return luajava
return bit32.band(1)
print('x')
return getfenv(0)
setfenv(1, {})
return rawlen({})
return jit
return arg
return string.dump(redis.call)
return {loadstring('\27LuaQ')}
return {loadstring('\27Lua\82\0\1\4\8\4\8\0\25\147\13\10\26\10')}
return {load(function() return nil end)}
return load('return 1')
return {pcall(load, 5)}
return {loadstring('return 1', '=x', 'b', {})}
return {loadstring(5)}
return {loadstring({})}
return unpack({}, 1, 2^31)
return unpack({}, 0, 2^31 - 1)
return unpack({}, -2^31, 2^31 - 1)
return unpack({}, 1, 1e8)
return {unpack({}, 2^31 - 1, 2^31 - 1)}
return {select(-2^31, 1)}
return {select(2^31 - 1, 1)}
return {select(0/0, 1)}
return table.concat({}, 'x', 1, 2^31 - 1)
return table.concat({}, 'x', 2^31 - 2, 2^31 - 1)
return table.concat({}, 'x', -5, -3)
return table.concat({{}})
return table.concat(redis)
return table.insert(redis, 1)
return table.remove(redis)
return table.sort(redis)
return #redis
redis.call = nil
redis.x = 1
rawset(redis, 'x', 1)
rawset(_G, 'x', 1)
rawset(string, 'x', 1)
rawset(getmetatable(''), '__index', {})
rawset(getmetatable('').__index, 'x', 1)
setmetatable(_G, {})
setmetatable(redis, {})
setmetatable(string, nil)
setmetatable(cjson, {__index = {}})
setmetatable('', {})
setmetatable(5, {})
setmetatable({}, 5)
setmetatable({})
setmetatable(nil, nil)
getmetatable('').__index = {}
getmetatable('').__add = function() end
getmetatable('').__index.upper = nil
getmetatable(_G).__index = nil
getmetatable(_G).__newindex = nil
return getmetatable(redis)
return getmetatable(string)
return getmetatable(5)
return getmetatable(print_nothing)
return type(getmetatable(''))
_G._G = {}
_G.KEYS = {}
string.upper = nil
math.random = nil
table.x = 1
coroutine.x = 1
cjson.null = 1
struct.pack = nil
bit.x = 1
cmsgpack.x = 1
_G = nil
KEYS = nil
return redis.call.__globals__
return redis.call['__class__']
return cjson.encode.__code__
return cjson.null.__class__
return KEYS.__class__
return tostring(KEYS.__init__)
return ('').__class__
return (5).__class__
return coroutine.create(function() end).__class__
local r = redis.pcall('GET') return tostring(r.__class__)
local ok, e = pcall(redis.call, 'GET') return {type(e), tostring(e.__class__)}
local r = redis.call('PING') return tostring(r.__class__)
return tostring(redis.call('LRANGE', 'x', 0, -1).__iter__)
return string.match(tostring(redis.call), '^function: ') ~= nil
return string.match(tostring(pcall), 'uiltin') == nil
return string.match(tostring(redis.call), 'ython')
return string.format('%s', redis.call)
return string.format('%s', setmetatable({}, {__tostring = function() return 'x' end}))
return string.format('%d', redis)
return string.format('%99999d', 1)
return string.format(('%'):rep(99), 1)
return string.format('%0000000000d', 1)
return #string.format('%99.99f', 1e308)
return #string.format('%.99f', -1e308)
return string.format('%.3q', 'x')
return string.rep('x', -1)
return ('x'):rep(2^31)
return {string.byte('abc', -2^31, 2^31 - 1)}
return string.byte(('x'):rep(1e6), 1, 1e6)
return string.sub('abc', -2^31, 2^31 - 1)
return string.sub('abc', 2^31 - 1, -2^31)
return string.sub('abc', 0/0, 1/0)
return string.find('abc', 'b', -2^31)
return string.find('abc', ('('):rep(50))
return string.find(('a'):rep(100), ('(a)'):rep(50))
return string.gsub('abc', '%w', '%9')
return string.gsub('abc', '(', '')
return string.gsub('x', '.', {x = {}})
return string.gsub('x', '.', redis)
return {string.gsub('x', '.', setmetatable({}, {__index = function() return 'y' end}))}
return string.find('x', '%')
return string.find('x', '[')
return string.find('x', '[%')
return string.find('x', '[a-')
return string.find('x', '%f')
return string.find('x', ('[^'):rep(20))
return string.gmatch('x')
return string.gmatch('x', '(')()
return tostring()
return tostring(setmetatable({}, {__tostring = function() error('inside', 0) end}))
return tonumber('1', 2^31)
return tonumber(('1'):rep(1000))
return tonumber(('f'):rep(1000), 16)
return math.random(-1)
return next({}, 'nope')
return next(redis, 'nope')
local t = setmetatable({}, {}) getmetatable(t).__index = getmetatable(t) setmetatable(getmetatable(t), getmetatable(t)) return t.x
local t = {} setmetatable(t, {__index = t}) return t.x
local t = {} setmetatable(t, {__newindex = t}) t.x = 1
return coroutine.resume(coroutine.running())
return coroutine.wrap(function() return coroutine.running() == nil end)()
local co co = coroutine.create(function() return coroutine.resume(co) end) return {coroutine.resume(co)}
local co co = coroutine.wrap(function() return co() end) return co()
return coroutine.yield()
return coroutine.wrap(coroutine.yield)(1)
return coroutine.create(redis.call)
return coroutine.wrap(pcall)
local co = coroutine.create(function() error({err = 'CODE text'}) end) local ok, e = coroutine.resume(co) return e
local co = coroutine.create(function() return redis.call('NOSUCH') end) local ok, e = coroutine.resume(co) return e
return coroutine.status(nil)
return collectgarbage('setpause', 0)
return collectgarbage('stop')
return collectgarbage('generational')
return {pcall(error)}
return {xpcall(error, nil)}
return {xpcall(error, function() error('again') end)}
return {xpcall(error)}
return {pcall(pcall)}
return {pcall(pcall, pcall)}
return {pcall(string.rep)}
return {pcall(string.rep, 'x', {})}

error(setmetatable({}, {__tostring = function() return 'x' end, err = 'y'}).err)
error({err = ''})
error({err = 'a\r\nb'})
error({err = 'CODE x', source = {}, line = {}})
error({err = 'CODE x', ignore_error_stats_update = true})
return {err = 'CODE \0 x'}
return {ok = 'a\0b'}
return redis.error_reply('\0')
return redis.status_reply('\0\r\n')
return redis.call('SET', 'k', setmetatable({}, {__tostring = function() return 'v' end}))
return redis.call(redis.call)
return redis.call({})
return redis.call('')
return redis.call('\0')
return redis.call('GET\r\nx')
return redis.call(1)
return redis.call(0/0)
return redis.call('ECHO', 0/0)
return redis.call('ECHO', 1/0)
return redis.call('ECHO', -1/0)
return redis.call('CLIENT', 'KILL', 'TYPE', 'normal')
return redis.call('DEBUG', 'SLEEP', 0)
return redis.call('CONFIG', 'SET', 'maxmemory', '1')
return redis.call('SCRIPT', 'KILL')
return redis.call('EVALSHA', 'x', 0)
return redis.call('SHUTDOWN', 'NOSAVE')
return redis.call('RESET')
return redis.call('QUIT')
return redis.call('EXEC')
return redis.sha1hex({})
return redis.sha1hex(nil)
return redis.setresp(2, 3)
return redis.setresp({})
return redis.log(0, {})
return redis.log(-1, 'x')
return redis.breakpoint(1)
return redis.debug({})
return redis.acl_check_cmd({})
return redis.acl_check_cmd('GET', {})
return cjson.decode(('['):rep(1e5))
return cjson.decode(('{"a":'):rep(1e5))
return cjson.decode('[' .. ('1,'):rep(1000))
return cjson.decode('"' .. ('\\ud800'):rep(100) .. '"')
return cjson.encode({[{}] = 1})
return cjson.encode(setmetatable({}, {__index = function() error('x') end, __len = function() return 1e9 end}))
return cjson.encode(coroutine.create(function() end))
return #cjson.encode({('\0'):rep(1e5)})
return cjson.encode_max_depth(2^31)
return cjson.encode_sparse_array(true, -1)
return cjson.encode_number_precision(99)
return cmsgpack.unpack('\221\255\255\255\255')
return cmsgpack.unpack('\223\255\255\255\255')
return cmsgpack.unpack('\219\255\255\255\255')
return cmsgpack.unpack(('\145'):rep(1e5))
return cmsgpack.unpack(('\129'):rep(1e5))
return cmsgpack.unpack(('\1'):rep(1e5))
return cmsgpack.unpack_one('\1', 2^31)
return cmsgpack.unpack_limit('\1', 2^31, -1)
return #cmsgpack.pack(unpack({}, 1, 1000))
return struct.pack('c2147483648', 'x')
return struct.pack('!1073741824i', 1)
return struct.pack('i99999999999', 1)
return struct.pack('>I32', 2^63)
return struct.unpack('c2147483647', 'x')
return struct.unpack('i', 'abcd', 2^63)
return struct.unpack('Bc0', '\255x')
return struct.unpack('dc0', struct.pack('d', 1e300) .. 'x')
return struct.unpack('dc0', struct.pack('d', -1) .. 'x')
return struct.unpack('s', ('x'):rep(1000))
return struct.size('c2147483647c2147483647')
return struct.size('!1073741824d')
return bit.lshift(1, 2^31)
return bit.tohex(1, -2^31)
return bit.band(unpack({}, 1, 100))
"""

# A name, and a script; what comes back is an error or a value, and nothing else.
CONTAINED = {
    "a call as a replacement": "return string.gsub('x', '.', redis.call)",
    "an error that loops when it is read or written": "error(setmetatable({}, {__index = function() while true do end end, __newindex = function() while true do end end}))",
    "an environment": "return _ENV",
    "an environment of one's own": "local _ENV = {} x = 1 return x",
    "no environment": "_ENV = nil return 1",
    "an empty string many times": "return #string.rep('', 2^31 - 1)",
    "an error whose text is a table": "error({err = {}})",
    "an error with a metatable that fails": "error(setmetatable({err = 'X y'}, {__index = function() error('z') end}))",
    "a string of gigabytes": "return #string.rep('x', 2^31 - 1)",
    "a string of a gigabyte, many times over": "local t = {} for i = 1, 100 do t[i] = string.rep('x' .. i, 5e8) end",
    "a string that doubles": "local s = 'x' while true do s = s .. s end",
    "a string that doubles, caught": "local s = 'x' while true do local ok = pcall(function() s = s .. s end) if not ok then return 'caught' end end",
    "strings replaced by longer ones": "return #string.gsub(('x'):rep(1e5), 'x', ('y'):rep(1e5))",
    "strings that are joined": "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1e6) .. i end return #table.concat(t)",
    "a table without end": "local t = {} while true do t[#t + 1] = {} end",
    "a source without end": "return load(function() return 'x = 1 ' end)",
    "a source made of functions": "return loadstring(('function f() '):rep(1e4))",
    "brackets in a source": "return loadstring('return ' .. ('('):rep(1e5))",
    "braces in a source": "return loadstring('return ' .. ('{'):rep(1e5))",
    "minus signs in a source": "return loadstring('return ' .. ('-'):rep(1e5) .. '1')",
    "blocks in a source": "return loadstring(('do '):rep(1e5))",
    "words joined in a source": "return loadstring('return ' .. ('x..'):rep(1e5) .. 'x')",
    "names in a source": "return loadstring('local ' .. ('a,'):rep(1e5) .. 'a')",
    "constants in a source": "local t = {} for i = 1, 3e5 do t[i] = i + 0.5 end return loadstring('return {' .. table.concat(t, ',') .. '}')() [5]",
    "a reader that fails": "return {load(function() error('inside') end)}",
    "a reader that reads": "local function r() return load(r) end return {load(r)}",
    "a reader that yields": "return {coroutine.wrap(function() return load(coroutine.yield) end)()}",
    "bytecode of one's own": "return {loadstring(string.dump(function() return 1 end))}",
    "bytecode from a reader": "local code = string.dump(function() return 1 end) return {load(function() local c = code code = nil return c end)}",
    "bytecode that is patched": "local c = string.dump(function() return 1 end) return {loadstring(c:gsub('.', '\\255'))}",
    "recursion": "local function f() return 1 + f() end return f()",
    "recursion, caught": "local function f() return 1 + f() end return {pcall(f)}",
    "recursion by pcall": "local function f() return pcall(f) end return f()",
    "recursion by metamethods": "local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x",
    "recursion by adding": "local t = setmetatable({}, {__add = function(a, b) return a + b end}) return t + 1",
    "recursion by joining": "local t = setmetatable({}, {__concat = function(a, b) return a .. b end}) return t .. 1",
    "recursion by comparing": "local m = {} m.__lt = function(a, b) return a < b end return setmetatable({}, m) < setmetatable({}, m)",
    "recursion by calling": "local t = {} setmetatable(t, {__call = t}) return t()",
    "recursion by printing": "local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) return tostring(t)",
    "recursion by replacing": "local function f() return (string.gsub('x', 'x', f)) end return f()",
    "recursion by sorting": "local function f() table.sort({1, 2, 3}, f) end f()",
    "recursion by coroutines": "local function f() return coroutine.wrap(f)() end return f()",
    "recursion by handlers": "local function f() return xpcall(error, f) end return f()",
    "a handler that fails": "return {xpcall(error, error)}",
    "a handler that fails in its own way": "return {xpcall(function() local t = nil t.x = 1 end, function() local t = nil t.x = 1 end)}",
    "an order that is none": "local t = {} for i = 1, 1000 do t[i] = i % 7 end table.sort(t, function() return true end) return #t",
    "an order that changes the table": "local t = {} for i = 1, 1000 do t[i] = i % 7 end table.sort(t, function(a, b) t[math.random(1000)] = nil return (a or 0) < (b or 0) end) return 1",
    "an order that yields": "return coroutine.wrap(function() table.sort({3, 2, 1}, coroutine.yield) end)()",
    "a replacement that yields": "return coroutine.wrap(function() return string.gsub('abc', '.', coroutine.yield) end)()",
    "patterns that are deep": "return string.match(('a'):rep(1e5), ('a?'):rep(1e4))",
    "patterns with many captures": "return string.match(('a'):rep(1e5), ('(a)'):rep(31))",
    "patterns that go back": "return string.find(('a'):rep(200), '.-.-.-b')",
    "brackets that balance": "return #string.match(('('):rep(1e5) .. (')'):rep(1e5), '%b()')",
    "a frontier": "return string.find(('a '):rep(1e4), '%f[%w]%w+%f[%W]$')",
    "a finalizer": "setmetatable({}, {__gc = function() redis.call('SET', 'gc', 'x') end}) collectgarbage() return redis.call('EXISTS', 'gc')",
    "a finalizer added later": "local m = {} setmetatable({}, m) m.__gc = function() while true do end end collectgarbage() return 1",
    "a finalizer that loops": "setmetatable({}, {__gc = function() while true do end end}) collectgarbage() return 1",
    "a weak table": "local t = setmetatable({}, {__mode = 'kv'}) t[{}] = {} collectgarbage() return tostring(next(t))",
    "the length of a table asked of it": "return #setmetatable({}, {__len = function() return 2^53 end})",
    "a table that is nested": "local t = {} for i = 1, 1e5 do t = {t} end return t",
    "a table that holds itself": "local t = {} t[1] = t return t",
    "a map that holds itself": "local t = {map = {}} t.map.t = t return t",
    "a map of tables": "return {map = {[{}] = {}, [{1}] = {2}}}",
    "a set of sets": "return {set = {[{set = {x = true}}] = true}}",
    "a verbatim string of tables": "return {verbatim_string = {string = {}, format = {}}}",
    "a format of a verbatim string": "return {verbatim_string = {string = 'x', format = ('f'):rep(1e5)}}",
    "a big number of letters": "return {big_number = ('x'):rep(1e5)}",
    "a double that is none": "return {double = 0/0}",
    "an array of a hundred thousand": "local t = {} for i = 1, 1e5 do t[i] = i end return t",
    "a reply of fifty megabytes": "return string.rep('x', 5e7)",
    "a table that fails when it is read": "return setmetatable({}, {__index = function() error('x') end})",
    "a table that loops when it is read": "return setmetatable({}, {__index = function() while true do end end})",
    "an error that is a table": "error({code = 5})",
    "an error that is a function": "error(error)",
    "an error that is a coroutine": "error(coroutine.create(function() end))",
    "an error that is null": "error(cjson.null)",
    "an error of a megabyte": "error(('x'):rep(1e6))",
    "an error that fails when it is read": "error(setmetatable({}, {__index = function() error('x') end, __newindex = function() error('y') end}))",
    "an error that cannot be changed": "error(redis)",
    "an error of strange fields": "error({err = 'x', source = redis, line = function() end})",
    "an error nested in itself": "local e = {} e.err = e error(e)",
    "arguments without end": "local t = {} for i = 1, 7000 do t[i] = 'x' end return redis.call('SADD', 's', unpack(t))",
    "too many arguments": "local t = {} for i = 1, 1e6 do t[i] = 'x' end return redis.call('SADD', 's', unpack(t))",
    "an argument of a hundred megabytes": "return redis.call('STRLEN', ('x'):rep(1e8))",
    "a value of a hundred megabytes": "redis.call('SET', 'large', ('x'):rep(1e8)) local t = {} for i = 1, 100 do t[i] = redis.call('GET', 'large') .. i end",
    "a reply of many items": "for i = 1, 100 do redis.call('RPUSH', 'many', unpack(cjson.decode('[' .. ('1,'):rep(999) .. '1]'))) end return #redis.call('LRANGE', 'many', 0, -1)",
    "a call from a metamethod": "local t = setmetatable({}, {__index = function(t, k) return redis.call('GET', k) end, __newindex = function(t, k, v) redis.call('SET', k, v) end}) t.x = 1 return t.x",
    "a call from a metamethod that calls itself": "local t t = setmetatable({}, {__index = function(_, k) return redis.call('ECHO', t[k]) end}) return t.x",
    "a call as a comparison": "return pcall(table.sort, {1, 2, 3}, redis.call)",
    "a call as a reader": "return {pcall(load, redis.call)}",
    "a call as a handler": "return {xpcall(error, redis.call)}",
    "a call in a coroutine that is left": "local co = coroutine.wrap(function() redis.call('SET', 'left', 1) coroutine.yield() end) co() return 1",
    "documents nested in documents": "local s = '1' for i = 1, 900 do s = '[' .. s .. ']' end return #cjson.encode(cjson.decode(s))",
    "documents nested as deep as may be": "cjson.decode_max_depth(1e6) cjson.encode_max_depth(1e6) local s = ('['):rep(7990) .. (']'):rep(7990) local r = #cjson.encode({cjson.decode(s)}) cjson.decode_max_depth(1000) cjson.encode_max_depth(1000) return r",
    "an array with a hole of two thousand million": "local c = cjson.new() c.encode_sparse_array(false, 0) return c.encode({[2^31 - 1] = 1})",
    "an array that says it is long": "return #cmsgpack.pack(setmetatable({}, {__len = function() return 1e9 end}))",
    "an array that answers for ever": "return #cmsgpack.pack(setmetatable({}, {__index = function(t, k) return t end}))",
    "values packed without end": "local p = cmsgpack.pack(('x'):rep(1e6)) while true do p = p .. p end",
    "lines of a log without end": "for i = 1, 100 do redis.log(redis.LOG_DEBUG, ('x'):rep(1e5)) end",
    "a script in pieces": "return loadstring(('local x = 1 '):rep(150) .. 'return x')()",
    "everything within reach": "local seen, found = {}, {} local function walk(v) if seen[v] then return end seen[v] = true local k = type(v) if k == 'userdata' and v ~= cjson.null then found[#found + 1] = tostring(v) elseif k == 'table' then for a, b in pairs(v) do walk(a) walk(b) end local m = getmetatable(v) if m then walk(m) end elseif k == 'string' and v:find('__') == 1 and v ~= '__index' then found[#found + 1] = v end end walk(_G) walk(getmetatable('')) return found",
}

ENDLESS = {
    "too much, kept and caught": "local t = {} pcall(function() while true do t[#t + 1] = {} end end) while true do pcall(function() while true do end end) end",
    "a string that doubles, again and again": "local s = 'x' while true do pcall(function() while true do s = s .. s end end) end",
    "a loop where there is no room for a hook": "local function deep(n) if n == 0 then while true do end end string.gsub('x', 'x', function() deep(n - 1) end) end for n = 150, 250 do pcall(deep, n) end while true do for n = 150, 250 do pcall(deep, n) end end",
    "a loop in pcall where there is hardly any room": "local function deep(n) if n == 0 then while true do pcall(function() while true do end end) end end string.gsub('x', 'x', function() deep(n - 1) end) end for n = 180, 200 do pcall(deep, n) end while true do end",
    "recursion by chunks": "local f f = function() return loadstring('return ...')(f()) end return f()",
    "coroutines without end": "local t = {} while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end",
    "a table without end, caught for ever": "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end",
    "a loop": "while true do end",
    "a loop in pcall": "pcall(function() while true do end end) return 'escaped'",
    "pcall in a loop": "while true do pcall(function() while true do end end) end",
    "pcall of error in a loop": "while true do pcall(error, 'x') end",
    "a loop in a handler": "xpcall(error, function() while true do end end) return 'escaped'",
    "handlers in handlers": "local function h() while true do xpcall(error, h) end end h()",
    "a loop in a coroutine": "coroutine.wrap(function() while true do end end)()",
    "coroutines in a loop": "while true do coroutine.wrap(function() pcall(coroutine.yield) end)() end",
    "a coroutine resumed in a loop": "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "pcall in a coroutine in pcall": "pcall(function() coroutine.wrap(function() pcall(function() while true do end end) while true do end end)() end) while true do end",
    "resume that swallows": "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
    "a loop in a comparison": "table.sort({3, 2, 1}, function() while true do end end)",
    "a loop in a replacement": "string.gsub('x', 'x', function() while true do end end)",
    "a loop in a metamethod": "return setmetatable({}, {__index = function() while true do end end}).x",
    "a loop in printing": "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "a loop in a reader": "return load(function() while true do end end)",
    "a loop in an error that is caught": "pcall(error, setmetatable({}, {__index = function() while true do end end}))",
    "commands in a loop": "while true do redis.call('PING') end",
    "commands that fail in a loop": "while true do redis.pcall('NOSUCH') end",
    "commands in pcall in a loop": "while true do pcall(redis.call, 'NOSUCH') end",
    "documents in a loop": "while true do pcall(cjson.decode, cjson.encode({1, 2, {a = 1}})) end",
    "a document in a loop": "local c = cjson.new() c.encode_max_depth(2^31 - 1) local t = {} for i = 1, 1e5 do t[i] = {i} end while true do pcall(c.encode, t) end",
    "a recursion in a loop": "local function f() return 1 + f() end while true do pcall(f) end",
    "strings in a loop": "while true do local s = ('x'):rep(1000) end",
    "the collector in a loop": "while true do collectgarbage() end",
    "chunks in a loop": "while true do loadstring('return 1')() end",
    "goto-like loops": "repeat local x = 1 until x == 2",
    "a loop that never steps": "for i = 1, 1/0 do end",
    "a loop over what grows": "local t = {1} for i, v in ipairs(t) do t[i % 100 + 1] = 1 if i == 100 then t = {1} end end while true do end",
}
