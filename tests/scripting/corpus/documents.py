"""Documents and packed values: cjson, cmsgpack, struct and bit, as scripts use them."""

from scripting.corpus.script import Script

DOCUMENTS = [
    Script(
        "a field of a document",
        """
        local doc = cjson.decode(redis.call('GET', KEYS[1]))
        return {doc.name, doc.tags, doc.address.city, tostring(doc.age)}
        """,
        "doc",
        before='SET doc {"name":"Ada","tags":["math","code"],"address":{"city":"London","zip":null},"age":36.5,"ok":true}',
    ),
    Script(
        "null in a document",
        """
        local doc = cjson.decode(ARGV[1])
        return {tostring(doc.address.zip == cjson.null), type(doc.address.zip), doc.address.zip}
        """,
        "",
        (
            '{"name":"Ada","tags":["math","code"],"address":{"city":"London","zip":null},"age":36.5,"ok":true}',
        ),
    ),
    Script(
        "a counter in a document",
        """
        local doc = cjson.decode(redis.call('GET', KEYS[1]) or '{"n":0}')
        doc.n = doc.n + 1
        redis.call('SET', KEYS[1], cjson.encode(doc))
        return doc.n
        """,
        "doc",
        times=3,
    ),
    Script(
        "an array grows",
        "local a = cjson.decode(ARGV[1]) a[#a + 1] = {x = 1} return cjson.encode(a)",
        "",
        ("[1,2]",),
    ),
    Script(
        "what is empty is an object",
        "return {cjson.encode({}), cjson.encode({a = {}}), cjson.encode(cjson.decode('[]'))}",
    ),
    Script("numbers as JSON", "return cjson.encode({1, 1.0, 1.5, 1e15, 2^53, 1/3, -0, 1e300})"),
    Script(
        "text as JSON",
        "return cjson.encode({'a/b', '\"', '\\\\', '\\n\\t', '\\0', '\\127', 'ä', '\\255'})",
    ),
    Script("a sparse array", "return cjson.encode({[1] = 'a', [3] = 'c'})"),
    Script("too sparse an array", "return cjson.encode({[1] = 'a', [100] = 'c'})"),
    Script(
        "too sparse an array, caught",
        "local ok, e = pcall(cjson.encode, {[100] = 1}) return {tostring(ok), e}",
    ),
    Script("a function is no JSON", "return cjson.encode({f = tostring})"),
    Script("a table without end is no JSON", "local t = {} t.t = t return cjson.encode(t)"),
    Script("what is no number is no JSON", "return cjson.encode({0/0})"),
    Script("text that is no JSON", "return cjson.decode(ARGV[1])", "", ("{'a': 1}",)),
    Script("text that ends early", "return cjson.decode(ARGV[1])", "", ('{"a": [1, 2',)),
    Script("text that goes on", "return cjson.decode(ARGV[1])", "", ("[1] 2",)),
    Script("no text", "return cjson.decode('')"),
    Script("no argument", "return cjson.decode()"),
    Script("nil is not decoded", "return cjson.decode(redis.call('GET', 'missing'))"),
    Script(
        "an error in a document on a later line",
        """
        local a = 1
local b = 2
local doc = cjson.decode(ARGV[1])
return doc
        """,
        "",
        ("nope",),
    ),
    Script(
        "escapes in a document",
        "return cjson.decode(ARGV[1])",
        "",
        ('["\\u00e4", "\\ud83d\\ude00", "\\/", "\\n"]',),
    ),
    Script(
        "large numbers in a document",
        "local a = cjson.decode(ARGV[1]) return {tostring(a[1]), tostring(a[2]), a[3]}",
        "",
        ("[12345678901234567890, 1e400, 7]",),
    ),
    Script("nesting without end", "return cjson.decode(string.rep('[', 2000))"),
    Script(
        "a setting for one call",
        """
        cjson.encode_sparse_array(true)
        local r = cjson.encode({[100] = 1}) cjson.encode_sparse_array(false) return r
        """,
    ),
    Script(
        "digits of numbers",
        """
        cjson.encode_number_precision(3)
        local r = cjson.encode({1/3}) cjson.encode_number_precision(14) return r
        """,
    ),
    Script("what cjson is called", "return {cjson._NAME, cjson._VERSION}"),
    Script("cjson is read only", "cjson.encode = nil"),
    Script(
        "a reply as JSON",
        "return cjson.encode(redis.call('LRANGE', KEYS[1], 0, -1))",
        "list",
        before="RPUSH list a b",
    ),
    Script("an empty reply as JSON", "return cjson.encode(redis.call('LRANGE', KEYS[1], 0, -1))", "list"),
    Script("a false reply as JSON", "return cjson.encode({redis.call('GET', 'missing')})"),
    Script(
        "values packed",
        """
        local p = cmsgpack.pack({1, 'two', {three = 3}}) local u = cmsgpack.unpack(p)
        return {u[1], u[2], u[3].three, #p}
        """,
    ),
    Script(
        "values packed, bytes",
        "return cmsgpack.pack({1, -1, 200, 70000, 2^40, 1.5, 'x', true, false, {}})",
    ),
    Script("several values packed", "return {cmsgpack.unpack(cmsgpack.pack('a', 1, {2}))}"),
    Script(
        "values unpacked one by one",
        """
        local p = cmsgpack.pack(1, 2, 3) local at, out = 0, {} while at ~= -1 do
        local n, v = cmsgpack.unpack_one(p, at) out[#out + 1] = v at = n end return out
        """,
    ),
    Script("some values unpacked", "return {cmsgpack.unpack_limit(cmsgpack.pack(1, 2, 3), 2)}"),
    Script("bytes that are missing", "return cmsgpack.unpack('\\146\\1')"),
    Script("bytes that mean nothing", "return cmsgpack.unpack('\\193')"),
    Script("a table that holds itself, packed", "local t = {1} t[2] = t return #cmsgpack.pack(t)"),
    Script(
        "packed in the database",
        """
        redis.call('SET', KEYS[1], cmsgpack.pack({name = 'Ada'}))
        return cmsgpack.unpack(redis.call('GET', KEYS[1])).name
        """,
        "packed",
    ),
    Script("a structure", "return struct.pack('>I4hBc3s', 1, -2, 255, 'abcdef', 'end')"),
    Script("a structure read", "return {struct.unpack('>I4hBc3s', '\\0\\0\\0\\1\\255\\254\\255abcend\\0')}"),
    Script(
        "doubles in a structure",
        """
        return {struct.pack('<d', 0.1), tostring(struct.unpack('<d', struct.pack('<d', 0.1))), struct.size('<!8bd')}
        """,
    ),
    Script(
        "a string with its length before it",
        "return {struct.unpack('>Hc0', struct.pack('>Hc0', 5, 'hello'))}",
    ),
    Script("too short a structure", "return struct.unpack('I8', 'abc')"),
    Script("a letter that means nothing", "return struct.pack('Z', 1)"),
    Script("a word for a number", "return struct.pack('i', 'x')"),
    Script(
        "bits",
        """
        return {bit.band(0xff, 0x0f), bit.bor(1, 2, 4), bit.bxor(5, 1), bit.bnot(0), bit.lshift(1, 31), bit.rshift(-1, 28), bit.arshift(-8, 1), bit.rol(0x12345678, 8), bit.tobit(2^32 + 5)}
        """,
    ),
    Script("bits in print", "return {bit.tohex(255), bit.tohex(255, 4), bit.tohex(-1, -8), bit.bswap(1)}"),
    Script("bits of a word", "return bit.band('x', 1)"),
    Script(
        "a checksum",
        """
        local sum = 0
        for i = 1, #ARGV[1] do sum = bit.bxor(bit.rol(sum, 5), string.byte(ARGV[1], i)) end
        return {sum, bit.tohex(sum)}
        """,
        "",
        "hello",
    ),
]
