"""Tables as lists and as anything else, and the functions that go through them."""

from scripting.corpus.script import Script, text_of

LUA_TABLES = [
    text_of(
        "lengths",
        r"""
        #{1, 2, 3}
        #{}
        #{n = 1}
        #{1, 2, nil}
        table.getn({1, 2})
        table.maxn({1, 2, [10] = 3})
        table.maxn({})
        table.setn({}, 1)
        #''
        """,
    ),
    text_of(
        "lists joined",
        r"""
        table.concat({1, 2, 3})
        table.concat({1, 2, 3}, ', ')
        table.concat({1, 2, 3}, '-', 2)
        table.concat({1, 2, 3}, '-', 2, 2)
        table.concat({1, 2, 3}, '-', 3, 2)
        table.concat({}, 'x')
        table.concat({1, {}, 3})
        table.concat({1, nil, 3}, ',', 1, 3)
        table.concat({true})
        table.concat()
        table.concat({1.5, 'x'}, ' ')
        table.concat({1}, 5)
        table.concat({1, 2}, {})
        """,
    ),
    Script(
        "lists grow and shrink",
        """
        local t = {} table.insert(t, 'a') table.insert(t, 1, 'b') table.insert(t, 'c')
        local r = table.remove(t, 1) local l = table.remove(t)
        return {r, l, #t, t[1], tostring((table.remove({})))}
        """,
    ),
    text_of(
        "insertions that are none",
        r"""
        table.insert({}, 1, 2, 3)
        table.insert({})
        table.insert(nil, 1)
        table.insert({}, 'x', 1)
        table.remove({}, 5)
        table.remove(5)
        #(function() local t = {1, 2} table.insert(t, 5, 'x') return t end)()
        table.remove({1, 2, 3}, 1)
        table.remove({1, 2, 3}, '2')
        """,
    ),
    Script(
        "sorted",
        """
        local t = {5, 2, 8, 1} table.sort(t) local u = {'pear', 'fig', 'apple'}
        table.sort(u, function(a, b) return #a < #b end) return {t, u}
        """,
    ),
    text_of(
        "sorting that fails",
        r"""
        table.sort({1, 'x'})
        table.sort({3, 1, 2}, function() error('stop', 0) end)
        table.sort({{}, {}})
        table.sort()
        table.sort({1, 2}, 5)
        pcall(table.sort)
        pcall(table.sort, {1, 2}, 'x')
        """,
    ),
    Script(
        "sorted, of many",
        """
        local t, u = {}, {} for i = 1, 600 do t[i] = i * 7 % 601 u[i] = 'k' .. t[i] end
        table.sort(t) table.sort(u, nil) return {t, u}
        """,
    ),
    Script(
        "sorting that fails, of many",
        "local t = {} for i = 1, 600 do t[i] = i end t[300] = 'x' table.sort(t)",
    ),
    Script(
        "sorted down",
        """
        local t = {} for i = 1, 50 do t[i] = (i * 37) % 50 end table.sort(t, function(a, b)
        return a > b end) return t
        """,
    ),
    Script(
        "foreach and foreachi",
        """
        local out = {} table.foreachi({'a', 'b'}, function(i, v) out[#out + 1] = i .. v end) table.foreach({x = 1}, function(k, v) out[#out + 1] = k .. v end) out[#out + 1] = tostring(table.foreachi({1, 2, 3}, function(i, v) if v == 2 then return 'found' end end))
        return out
        """,
    ),
    Script(
        "unpack",
        """
        local t = {1, 2, 3} local a, b = unpack(t)
        return {a, b, select('#', unpack(t)), unpack(t, 2), unpack({1, 2, 3}, 2, 3)}
        """,
    ),
    text_of(
        "unpack at the edges",
        r"""
        unpack({})
        unpack({1, 2}, 3)
        unpack({1, 2}, 1, 4)
        unpack()
        unpack({}, 1, 1e8)
        select('#', unpack({}, 1, 7000))
        unpack({}, 0, 1)
        unpack({1, 2}, '2')
        """,
    ),
    text_of(
        "pairs and next",
        r"""
        next({})
        next({5})
        next({a = 1})
        next({}, 'nokey')
        next()
        next(nil)
        rawequal({}, {})
        rawget({a = 5}, 'a')
        rawset({}, 1, 2)[1]
        rawget(5, 1)
        ipairs()
        pairs(nil)
        """,
    ),
    Script("ipairs ends at nil", "local n = 0 for i, v in ipairs({1, 2, nil, 4}) do n = n + 1 end return n"),
    Script(
        "pairs sees all",
        """
        local n, sum = 0, 0
        for k, v in pairs({10, 20, x = 30, [100] = 40}) do n = n + 1 sum = sum + v end
        return {n, sum}
        """,
    ),
    Script(
        "a table changed while it is read",
        """
        local t = {a = 1, b = 2, c = 3} for k in pairs(t) do t[k] = nil end
        return tostring(next(t))
        """,
    ),
]
