"""Functions, coroutines, metatables and chunks: the language itself."""

from scripting.corpus.script import Script, text_of

LUA_FUNCTIONS = [
    Script(
        "closures count",
        """
        local function counter() local n = 0 return function() n = n + 1 return n end end
        local a, b = counter(), counter() a() a() return {a(), b()}
        """,
    ),
    Script(
        "any count of arguments",
        """
        local function f(...) return select('#', ...), ... end return {f(), f(nil), f(1, nil, 3)}
        """,
    ),
    text_of(
        "select",
        r"""
        select('#')
        select('#', nil, nil)
        select(2, 'a', 'b', 'c')
        select(-1, 'a', 'b')
        select(-5, 1)
        select(0, 1)
        select(5, 1)
        select('x', 1)
        select()
        """,
    ),
    Script(
        "arguments as a table",
        """
        local function f(...) local t = {...} return #t, t[1] end return {f('x', 'y')}
        """,
    ),
    Script(
        "recursion",
        """
        local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
        return fib(20)
        """,
    ),
    Script(
        "mutual recursion",
        """
        local odd local function even(n) if n == 0 then return 'even' end return odd(n - 1) end
        function odd(n) if n == 0 then return 'odd' end return even(n - 1) end return even(1001)
        """,
    ),
    Script(
        "loops",
        """
        local s = 0 for i = 1, 10 do s = s + i end for i = 10, 1, -3 do s = s + i end local n = 0
        while true do n = n + 1 if n > 5 then break end end repeat n = n - 1 until n == 0
        return {s, n}
        """,
    ),
    Script("loops with fractions", "local t = {} for x = 0, 1, 0.25 do t[#t + 1] = tostring(x) end return t"),
    Script(
        "and or not",
        """
        return {tostring(nil and 1), tostring(false or 'x'), tostring(not nil), tostring(0 and 'zero'), tostring(nil or false), 1 and 2}
        """,
    ),
    Script("several values at once", "local a, b, c = 1, 2 a, b = b, a return {a, b, tostring(c)}"),
    Script(
        "a backslash before what needs none",
        r"""
        -- "\d" in a comment, [[ and 'not closed
        local pattern = "\d\.\-\[\]\/\z\x41\%d" --[[ "\q" ]]
        return {pattern, '\(\'\)', [[\d]], [==[\q]] "\w" ]==], "\
        next line", '\065\0', "\\d", '\\\d'}
        """,
    ),
    Script("an environment in a chunk", "local f = loadstring('return 1 + ...') return f(41)"),
    Script("a chunk with an error", "local f, e = loadstring('return +') return {tostring(f), e}"),
    Script("a chunk with a name", "local f, e = loadstring('x x', '=name') return e"),
    Script(
        "a chunk that fails",
        """
        local f = loadstring('error("inside")', '@file') local ok, e = pcall(f) return e
        """,
    ),
    Script(
        "a chunk read in pieces",
        """
        local parts, i = {'return ', '6 ', '* 7'}, 0 return load(function() i = i + 1
        return parts[i] end)()
        """,
    ),
    Script("a chunk is not text", "return load('return 1')"),
    Script(
        "a chunk sees no locals",
        """
        local x = 5 local f = loadstring('return x') local ok, e = pcall(f)
        return {tostring(ok), e}
        """,
    ),
    Script("setfenv is gone", "return setfenv(1, {})"),
    Script("getfenv is gone", "return getfenv(1)"),
    Script(
        "coroutines pass values",
        """
        local co = coroutine.create(function(a) local b = coroutine.yield(a + 1)
        return b * 2 end) local _, x = coroutine.resume(co, 1)
        local _, y = coroutine.resume(co, 10)
        return {x, y, coroutine.status(co), tostring(coroutine.resume(co))}
        """,
    ),
    Script(
        "coroutines generate",
        """
        local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
        return {gen(), gen(), gen(), tostring((gen()))}
        """,
    ),
    Script(
        "coroutines call commands",
        """
        local co = coroutine.wrap(function() redis.call('SET', KEYS[1], 'x') coroutine.yield(redis.call('GET', KEYS[1])) end)
        return co()
        """,
        "k",
    ),
    Script(
        "coroutines fail",
        """
        local co = coroutine.create(function() error('oops') end)
        local ok, e = coroutine.resume(co) return {tostring(ok), e, coroutine.status(co)}
        """,
    ),
    Script(
        "a dead coroutine",
        """
        local co = coroutine.wrap(function() return 1 end) co() local ok, e = pcall(co)
        return {tostring(ok), e}
        """,
    ),
    Script("yield outside", "return coroutine.yield(1)"),
    text_of(
        "coroutines that are none",
        r"""
        coroutine.resume(5)
        coroutine.create(5)
        coroutine.wrap()
        coroutine.status()
        coroutine.running()
        coroutine.resume(coroutine.create(function() return 1, 2 end))
        """,
    ),
    Script(
        "metatables index",
        """
        local base = {hello = function(self) return 'hi ' .. self.name end} base.__index = base
        local o = setmetatable({name = 'Ada'}, base) return o:hello()
        """,
    ),
    Script(
        "metatables compute",
        """
        local v = {} v.__add = function(a, b) return setmetatable({x = a.x + b.x}, v) end
        v.__eq = function(a, b) return a.x == b.x end v.__lt = function(a, b)
        return a.x < b.x end v.__le = function(a, b) return a.x <= b.x end
        v.__concat = function(a, b) return 'cat' end v.__unm = function(a) return -a.x end
        v.__call = function(self, y) return self.x + y end local function new(x)
        return setmetatable({x = x}, v) end local a, b = new(1), new(2)
        return {(a + b).x, tostring(a == new(1)), tostring(a < b), tostring(a <= b), a .. b, -a, a(10)}
        """,
    ),
    Script(
        "metatables print",
        """
        return tostring(setmetatable({}, {__tostring = function() return 'printed' end}))
        """,
    ),
    Script(
        "metatables forbid",
        """
        local t = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end}) t.a = 5
        return t.a
        """,
    ),
    Script(
        "metatables guard themselves",
        """
        local t = setmetatable({}, {__metatable = 'locked'})
        return {getmetatable(t), tostring(pcall(setmetatable, t, {}))}
        """,
    ),
    Script(
        "pairs are not computed",
        """
        local n = 0 for k in pairs(setmetatable({1, 2}, {__pairs = function()
        return function() end end})) do n = n + 1 end return n
        """,
    ),
    Script(
        "ipairs are not computed",
        """
        local n = 0 for k in ipairs(setmetatable({1, 2}, {__ipairs = function()
        return function() end end})) do n = n + 1 end return n
        """,
    ),
    Script(
        "a class with a parent",
        """
        local A = {} A.__index = A function A.new(n) return setmetatable({n = n}, A) end
        function A:get() return self.n end
        local B = setmetatable({}, {__index = A}) B.__index = B function B:twice()
        return self:get() * 2 end local b = setmetatable({n = 21}, B) return b:twice()
        """,
    ),
    text_of(
        "types",
        r"""
        type(nil)
        type(5)
        type('x')
        type({})
        type(type)
        type(true)
        type(coroutine.create(function() end))
        type(cjson.null)
        type()
        _VERSION
        type(redis)
        type(KEYS)
        """,
    ),
    text_of(
        "what is there and what is not",
        r"""
        type(rawget(_G, 'loadstring'))
        type(rawget(_G, 'print'))
        type(rawget(_G, 'os'))
        type(rawget(_G, 'io'))
        type(rawget(_G, 'debug'))
        type(rawget(_G, 'require'))
        type(rawget(_G, 'package'))
        type(rawget(_G, 'dofile'))
        type(rawget(_G, 'loadfile'))
        type(rawget(_G, 'newproxy'))
        type(rawget(_G, 'module'))
        type(rawget(_G, 'getfenv'))
        type(rawget(_G, 'bit32'))
        type(rawget(_G, 'rawlen'))
        type(rawget(_G, 'utf8'))
        type(rawget(_G, 'python'))
        type(rawget(_G, 'gcinfo'))
        type(rawget(_G, 'collectgarbage'))
        type(table.pack)
        type(table.unpack)
        type(string.pack)
        type(math.tointeger)
        type(coroutine.isyieldable)
        """,
    ),
    Script(
        "the names of the globals",
        """
        local n = {}
        for k in pairs(_G) do if k ~= '__redis__err__handler' and k ~= '__redis__compare_helper' then n[#n + 1] = k end end
        table.sort(n) return n
        """,
    ),
    Script(
        "the names of the libraries",
        """
        local n = {}
        for _, l in ipairs({'string', 'table', 'math', 'coroutine', 'bit', 'struct', 'cjson', 'cmsgpack', 'redis'}) do
        for k in pairs(_G[l]) do n[#n + 1] = l .. '.' .. k end end table.sort(n) return n
        """,
    ),
    text_of(
        "garbage is collected",
        r"""
        collectgarbage()
        type(collectgarbage('count'))
        collectgarbage('nope')
        type(gcinfo())
        collectgarbage('stop')
        collectgarbage('restart')
        type(collectgarbage('step'))
        """,
    ),
]
