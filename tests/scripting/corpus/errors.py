"""Errors of every kind: where they say they are, what they say, and what is left when they are caught.

Of a table without ``err`` that nobody catches, a real Redis of version 7.0 crashes; it is not in here. Neither are
BLPOP and XREAD BLOCK, which version 7.2 treats otherwise.
"""

from scripting.corpus.script import Script

RAISED = [
    Script("a syntax error", "return ("),
    Script("a syntax error on a later line", "local x = 1\nlocal y = = 2\nreturn x"),
    Script("an unfinished string", "return 'abc"),
    Script("an unfinished block", "if true then return 1"),
    Script("a word out of place", "return 1 return 2"),
    Script("no operators of later versions", "return 7 // 2"),
    Script("no bits of later versions", "return 7 & 2"),
    Script("an empty script", ""),
    Script("a comment", "-- nothing"),
    Script("a comment of several lines", "--[[ nothing\nhere ]] return 'after'"),
    Script("a global that is not there", "return undefined_name"),
    Script("a global that is set", "answer = 42"),
    Script("a global function", "function f() return 1 end return f()"),
    Script("arithmetic on nil", "return nil + 1"),
    Script("arithmetic on a field", "local t = {} return t.x * 2"),
    Script("arithmetic on a word", "return 'abc' + 1"),
    Script("arithmetic on digits", "return '10' + 5"),
    Script("an index of nil", "local t = nil\nreturn t.x"),
    Script("an index of a number", "local n = 5 return n.x.y"),
    Script("a call of nil", "local t = {}\n\nreturn t.method()"),
    Script("a method that is not there", "local s = 'x' return s:nosuch()"),
    Script("a comparison of unlike values", "return 1 < 'x'"),
    Script("a comparison of tables", "return {} < {}"),
    Script("a concatenation with nil", "return 'x' .. nil"),
    Script("a concatenation with a table", "return 'x' .. {}"),
    Script("a length of a number", "return #5"),
    Script("an index that is nil", "local t = {} t[nil] = 1"),
    Script("an index that is not a number", "local t = {} t[0/0] = 1"),
    Script("a loop from a word", "for i = 'x', 10 do end"),
    Script("error with text", "error('my words')"),
    Script("error without a position", "error('my words', 0)"),
    Script("error of the caller", "local function f() error('my words', 2) end\nf()"),
    Script("error with a table", "error({err = 'CODE my words'})"),
    Script("error with nil", "error()"),
    Script("error with a number", "error(42)"),
    Script("error with true", "error(true)"),
    Script("error with a table whose err is a number", "error({err = 5})"),
    Script("assert that fails", "assert(false, 'not so')"),
    Script("assert that fails without words", "assert(nil)"),
    Script("assert that holds", "return assert(5, 'x')"),
    Script("deep recursion", "local function f(n) return 1 + f(n + 1) end return tostring(pcall(f, 1))"),
]

OF_COMMANDS = [
    Script("a command that is unknown", "return redis.call('NOSUCH', 'x')"),
    Script("a command with too few arguments", "return redis.call('GET')"),
    Script("a command with too many arguments", "return redis.call('GET', 'a', 'b')"),
    Script("a value of the wrong type", "return redis.call('INCR', KEYS[1])", "list", before="RPUSH list a"),
    Script(
        "a value of the wrong type, not returned",
        """
        redis.call('INCR', KEYS[1])
return 1
        """,
        "list",
        before="RPUSH list a",
    ),
    Script("a value that is no integer", "return redis.call('INCR', KEYS[1])", "s", before="SET s word"),
    Script("what was written stays", "redis.call('SET', KEYS[1], 'x') redis.call('NOSUCH')", "k"),
    Script("a command that scripts may not call", "return redis.call('SUBSCRIBE', 'x')"),
    Script("MULTI", "return redis.call('MULTI')"),
    Script("WATCH", "return redis.call('WATCH', 'x')"),
    Script("EVAL", "return redis.call('EVAL', 'return 1', '0')"),
    Script("SCRIPT", "return redis.call('SCRIPT', 'FLUSH')"),
    Script("MONITOR", "return redis.call('MONITOR')"),
    Script("AUTH", "return redis.call('AUTH', 'x')"),
    Script("CLIENT ID", "return redis.call('CLIENT', 'ID')"),
    Script("SHUTDOWN", "return redis.call('SHUTDOWN')"),
    Script("a subcommand that is unknown", "return redis.call('OBJECT', 'NOSUCH', 'x')"),
    Script("SELECT is for the script only", "redis.call('SELECT', 1) return redis.call('SET', 'in', 'one')"),
    Script("a command in lower case", "return redis.call('sEt', KEYS[1], 'v')", "k"),
    Script(
        "the line of an error",
        """
        local a = 1
local b = 2
redis.call('INCR', KEYS[1])
return a + b
        """,
        "s",
        before="SET s x",
    ),
    Script(
        "an error in a function",
        """
        local function f()
          return redis.call('INCR', 'x', 'y')
        end
        local r = f()
        return r
        """,
    ),
]

CAUGHT = [
    Script(
        "pcall of redis.call",
        "local ok, e = pcall(redis.call, 'GET') return {tostring(ok), type(e), tostring(e)}",
    ),
    Script(
        "pcall of a function",
        """
        local ok, e = pcall(function() return redis.call('INCR', KEYS[1]) end)
        return {tostring(ok), tostring(e)}
        """,
        "s",
        before="SET s x",
    ),
    Script(
        "redis.pcall returns the error",
        "local r = redis.pcall('INCR', KEYS[1]) return {type(r), r.err, tostring(r.ok)}",
        "s",
        before="SET s x",
    ),
    Script(
        "redis.pcall with an error passed on",
        "return redis.pcall('INCR', KEYS[1])",
        "s",
        before="SET s x",
    ),
    Script("redis.pcall of an unknown command", "return redis.pcall('NOSUCH')"),
    Script("redis.pcall of the wrong count", "return redis.pcall('GET')"),
    Script("redis.pcall without arguments", "return redis.pcall()"),
    Script("redis.pcall with a table", "return redis.pcall('GET', {})"),
    Script(
        "the fields of an error",
        """
        local r = redis.pcall('GET') local n = {} for k in pairs(r) do n[#n + 1] = k end
        table.sort(n) return n
        """,
    ),
    Script("pcall of error", "local ok, e = pcall(error, 'text') return {tostring(ok), e}"),
    Script(
        "pcall of error with a table",
        "local ok, e = pcall(error, {code = 7}) return {tostring(ok), e.code}",
    ),
    Script(
        "pcall of error with err",
        "local ok, e = pcall(error, {err = 'X y'}) return {tostring(ok), type(e), tostring(e)}",
    ),
    Script("pcall of error with nil", "local ok, e = pcall(error) return {tostring(ok), tostring(e)}"),
    Script("pcall that succeeds", "return {pcall(function(a, b) return a + b, 'more' end, 1, 2)}"),
    Script("pcall of nothing", "return {pcall()}"),
    Script("pcall of nil", "local ok, e = pcall(nil) return {tostring(ok), e}"),
    Script("pcall within pcall", "return {pcall(pcall, error, 'x')}"),
    Script(
        "xpcall",
        """
        local ok, e = xpcall(function() error('x', 0) end, function(e)
        return 'handled ' .. e end) return {tostring(ok), e}
        """,
    ),
    Script(
        "xpcall of a command",
        """
        local ok, e = xpcall(function() return redis.call('GET') end, function(e)
        return type(e) end) return {tostring(ok), e}
        """,
    ),
    Script("an error raised again", "local ok, e = pcall(redis.call, 'GET') error(e)"),
    Script("a reply raised again", "local r = redis.pcall('GET') error(r)"),
    Script("an error reply returned in an array", "return {redis.pcall('GET'), 1}"),
    Script("error_reply takes a string", "return redis.error_reply({})"),
    Script("error_reply takes one argument", "return redis.error_reply()"),
    Script("error_reply takes no number", "return redis.error_reply(5)"),
    Script("error_reply of a line ending", "return redis.error_reply('A b\\r\\n')"),
    Script(
        "the table of error_reply",
        """
        local r = redis.error_reply('A b') local n = {}
        for k, v in pairs(r) do n[#n + 1] = k .. '=' .. tostring(v) end table.sort(n) return n
        """,
    ),
    Script("status_reply takes a string", "return redis.status_reply(1)"),
    Script("status_reply takes one argument", "return redis.status_reply('a', 'b')"),
    Script("sha1hex", "return {redis.sha1hex(''), redis.sha1hex('abc'), redis.sha1hex(12)}"),
    Script("sha1hex takes one argument", "return redis.sha1hex()"),
    Script("log takes a level", "return redis.log('text')"),
    Script("log takes a number first", "return redis.log('x', 'text')"),
    Script("log takes a level that is there", "return redis.log(7, 'text')"),
    Script("log", "return redis.log(redis.LOG_DEBUG, 'a', 'b')"),
    Script("set_repl", "return redis.set_repl(redis.REPL_ALL)"),
    Script("set_repl of a number that means nothing", "return redis.set_repl(99)"),
    Script("set_repl without a number", "return redis.set_repl()"),
    Script("replicate_commands", "return redis.replicate_commands()"),
    Script("breakpoint", "return redis.breakpoint()"),
    Script("acl_check_cmd", "return {redis.acl_check_cmd('GET', 'x'), redis.acl_check_cmd('SET', 'x', 'y')}"),
    Script("acl_check_cmd of an unknown command", "return redis.acl_check_cmd('NOSUCH')"),
    Script("acl_check_cmd without arguments", "return redis.acl_check_cmd()"),
    Script(
        "the constants",
        """
        return {redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING, redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL}
        """,
    ),
]
