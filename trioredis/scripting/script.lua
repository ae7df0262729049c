-- How a script runs, what it calls, and what becomes of its result.
--
-- `host` holds functions of the server. They are wrapped here, in closures, so that nothing of Python reaches a script;
-- and they never raise: whatever fails comes back as a table {err=...}, and is raised here.

local host, limits, sandbox, lua51 = ...

local error, select, type, tostring, tonumber, floor = error, select, type, tostring, tonumber, math.floor
local rawget, rawlen, next, unpack, concat = rawget, rawlen, next, table.unpack, table.concat
local xpcall, pcall, load, collectgarbage = xpcall, pcall, load, collectgarbage
local sethook, getinfo, find = debug.sethook, debug.getinfo, string.find

local SOFT, STEPS = limits.soft_kilobytes, limits.instructions
local NO_MEMORY = "not enough memory"

local function kilobytes()
  return collectgarbage("count")
end

-- The hook looks at time and memory every so many instructions, in every coroutine. Memory above the soft limit may be
-- garbage: only what is left after two rounds of the collector, made step by step, is too much. Once a script is to
-- end, the hook comes at every instruction, so that no pcall holds it up; it lets `handler` alone, and what follows,
-- since there the script has ended.

local rounds_above = 0
local is_running = false
local handler

local function is_too_much()
  local used = kilobytes()
  if used <= SOFT then
    rounds_above = 0
    return false
  end
  if collectgarbage("step", 200) then rounds_above = rounds_above + 1 end
  return used > 2 * SOFT or rounds_above > 2
end

-- The time comes first: a script that has too much and catches the error of it would hold up everybody.
local function hook()
  local verdict = host.tick()
  if verdict == false then return end -- nothing runs
  if type(verdict) == "number" then
    sethook(hook, "", verdict)
  elseif verdict ~= nil then
    sethook(hook, "", 1)
    if is_running and getinfo(2, "f").func ~= handler then error({ err = verdict }, 0) end
  end
  if is_running and is_too_much() then error(NO_MEMORY, 0) end
end

-- Whoever catches an error may have caught one of the hook: where there is no room for it on the stack it fails as the
-- script does, and an operation that fails for want of memory takes long. So one looks after each of these.
local function look(problem)
  if problem == NO_MEMORY or problem == "error in error handling"
    or type(problem) == "string" and find(problem, "stack overflow", 1, true) then
    hook()
  end
end

local function arm(routine)
  if routine then sethook(routine, hook, "", STEPS) else sethook(hook, "", STEPS) end
end

arm()

-- Before anything is brought in from outside there must be room: outside a call, running out of it is fatal.
local function make_room()
  if kilobytes() > SOFT then
    collectgarbage()
    if kilobytes() > SOFT then error(NO_MEMORY, 0) end
  end
end

-- The first function below a level that is not ours.

local OURS = getinfo(1, "S").source

local function below(level)
  local info
  repeat
    level = level + 1
    info = getinfo(level, "Sl")
  until not info or info.source ~= OURS
  return info, level
end

local WORDS = {
  ["attempt to yield from outside a coroutine"] = "attempt to yield across metamethod/C-call boundary",
}

-- What went wrong in our own functions went wrong where the script called them.
local function placed(text, info)
  return info and text:gsub("^trioredis:%d+:", info.short_src .. ":" .. info.currentline .. ":") or text
end

local function place(text)
  return (placed(text, (below(1))))
end

local globals, env, read_only = sandbox(kilobytes, arm, place, lua51, look)

-- The library `redis`.

local redis = {
  LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
  REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3,
  REDIS_VERSION = limits.version, REDIS_VERSION_NUM = limits.version_number,
}

-- The form of the server's errors: a code, and the text.
local function failure(text)
  return { err = "ERR " .. text }
end

local function fail(text)
  error(failure(text), 0)
end

local function trimmed(text)
  return (text:gsub("^[\r\n]+", ""):gsub("[\r\n]+$", ""))
end

local function c_string(text)
  return text:match("^%Z*")
end

function redis.call(...)
  if collectgarbage("count") > SOFT then make_room() end
  local reply, is_late = host.call(...)
  if is_late then sethook(hook, "", 1) end
  if type(reply) == "table" and reply.err then error(reply, 0) end
  return reply
end

function redis.pcall(...)
  if collectgarbage("count") > SOFT then make_room() end
  local reply, is_late = host.call(...)
  if is_late then sethook(hook, "", 1) end
  return reply
end

function redis.error_reply(...)
  local text = ...
  if select("#", ...) ~= 1 or type(text) ~= "string" then return failure("wrong number or type of arguments") end
  text = c_string(text):gsub("^%-", "")
  local code, rest = text:match("^([^ ]*) (.*)$")
  if not code then code, rest = "ERR", text end
  return { err = code .. " " .. trimmed(rest) }
end

function redis.status_reply(...)
  local text = ...
  if select("#", ...) ~= 1 or type(text) ~= "string" then return failure("wrong number or type of arguments") end
  return { ok = text }
end

function redis.sha1hex(...)
  if select("#", ...) ~= 1 then fail("wrong number of arguments") end
  local value = ...
  local kind = type(value)
  return (host.sha1hex((kind == "string" or kind == "number") and tostring(value) or ""))
end

function redis.log(...)
  if select("#", ...) < 2 then fail("redis.log() requires two arguments or more.") end
  local level = ...
  if not tonumber(level) then fail("First argument must be a number (log level).") end
  level = floor(level)
  if level < 0 or level > 3 then fail("Invalid debug level.") end
  local words = {}
  for index = 2, select("#", ...) do
    local word = select(index, ...)
    if type(word) == "string" or type(word) == "number" then words[#words + 1] = tostring(word) end
  end
  host.log(level, concat(words, " "))
end

function redis.setresp(...)
  if select("#", ...) ~= 1 then fail("redis.setresp() requires one argument.") end
  local version = floor(tonumber((...)) or 0)
  if version ~= 2 and version ~= 3 then fail("RESP version must be 2 or 3.") end
  host.set_protocol(version)
end

function redis.set_repl(...)
  if select("#", ...) ~= 1 then fail("redis.set_repl() requires two arguments.") end
  local flags = floor(tonumber((...)) or 0)
  if flags < 0 or flags > 3 then
    fail("Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.")
  end
end

function redis.acl_check_cmd(...)
  local verdict = host.may_call(...)
  if type(verdict) == "table" then error(verdict, 0) end
  return verdict
end

function redis.replicate_commands() return true end
function redis.breakpoint() return false end
function redis.debug() end

globals.redis = read_only(redis)

-- What a script returns is told in pairs of a tag and a value, in the order of the wire.

local NESTED = 1000
local TAGS = { string = "$", number = ":", boolean = "#" }

-- Tables with such a field are no arrays; what comes first counts.
local FORMS = {
  { field = "err", type = "string", tag = "-" },
  { field = "ok", type = "string", tag = "+" },
  { field = "double", type = "number", tag = "," },
  { field = "big_number", type = "string", tag = "(" },
  { field = "verbatim_string", type = "table", tag = "=" },
  { field = "map", type = "table", tag = "%" },
  { field = "set", type = "table", tag = "~" },
}

local tell

local function tell_pairs(out, size, content, tag, depth)
  local head, count = size + 1, 0
  size = size + 2
  for key, item in next, content do
    size = tell(out, size, key, depth)
    if tag == "%" then size = tell(out, size, item, depth) end
    count = count + 1
  end
  out[head], out[head + 1] = tag, count
  return size
end

local function tell_verbatim(out, size, content)
  local text, form = rawget(content, "string"), rawget(content, "format")
  if type(text) ~= "string" or type(form) ~= "string" then return nil end
  out[size + 1], out[size + 2], out[size + 3], out[size + 4] = "format", form, "=", text
  return size + 4
end

local function tell_form(out, size, value, depth)
  for index = 1, #FORMS do
    local form = FORMS[index]
    local content = rawget(value, form.field)
    if content ~= nil and type(content) == form.type then
      local tag, told = form.tag, size + 2
      if tag == "=" then
        told = tell_verbatim(out, size, content)
      elseif form.type == "table" then
        told = tell_pairs(out, size, content, tag, depth)
      else
        if tag == "-" and rawget(value, "ignore_error_stats_update") then tag = "-counted" end
        out[size + 1], out[size + 2] = tag, content
      end
      if told then return told end
    end
  end
end

function tell(out, size, value, depth)
  local kind = type(value)
  local tag = TAGS[kind]
  if tag then
    out[size + 1], out[size + 2] = tag, value
    return size + 2
  elseif kind ~= "table" then
    out[size + 1], out[size + 2] = "_", 0
    return size + 2
  elseif depth > NESTED then
    out[size + 1], out[size + 2] = "-", "ERR reached lua stack limit"
    return size + 2
  end
  local special = tell_form(out, size, value, depth + 1)
  if special then return special end
  local head, count, item = size + 1, 0, rawget(value, 1)
  size = size + 2
  while item ~= nil do
    size, count = tell(out, size, item, depth + 1), count + 1
    item = rawget(value, count + 1)
  end
  out[head], out[head + 1] = "*", count
  return size
end

local FEW = 200

local function told(value)
  local out = {}
  local size = tell(out, 0, value, 0)
  if size <= FEW then return "told", unpack(out, 1, size) end
  return "many", size, out
end

-- Running. The handler is called where the error happened, and finds out the line of the script: that of the first
-- function that is neither ours nor, at first sight, one of Lua's own.

function handler(problem)
  is_running = false
  local info, level = below(1)
  if info and info.what == "C" then info = below(level) end
  if info and info.what == "C" then info = nil end -- a function of ours was called from outside
  if type(problem) ~= "table" then
    problem = tostring(problem)
    problem = failure(WORDS[problem] or (placed(problem, info)))
  end
  -- A table of the script's is left alone: it may be shared, and whoever writes to it may never come back.
  local found = { err = rawget(problem, "err"), ignore_error_stats_update = rawget(problem, "ignore_error_stats_update") }
  if info then
    found.source, found.line = info.source, info.currentline
  else
    found.source, found.line = rawget(problem, "source"), rawget(problem, "line")
  end
  return found
end

local function text_of(value)
  return (type(value) == "string" or type(value) == "number") and tostring(value) or nil
end

-- Returns what may go out: one value that is no table, or several, the first of which says what they are.
local function outcome(ok, value)
  if ok then return told(value) end
  if type(value) ~= "table" then return "broken", tostring(value) end
  return "failed", text_of(rawget(value, "err")) or "ERR unknown error", text_of(rawget(value, "source")),
    text_of(rawget(value, "line")), rawget(value, "ignore_error_stats_update") and true or false
end

local function outcome_if_possible(ok, first, ...)
  is_running = false
  if ok then return first, ... end
  return "broken", type(first) == "table" and text_of(rawget(first, "err")) or NO_MEMORY
end

local function finished(ok, value)
  if ok and type(value) ~= "table" then
    is_running = false
    return value
  end
  return outcome_if_possible(pcall(outcome, ok, value))
end

-- Splits words into keys and other arguments.
local function split(keys, ...)
  if keys == 0 then return {}, { ... } end
  local count, first, rest = select("#", ...), { ... }, {}
  for index = keys + 1, count do rest[index - keys] = first[index] end
  for index = count, keys + 1, -1 do first[index] = nil end
  return first, rest
end

local function prepare(keys, ...)
  rounds_above, is_running = 0, true
  return split(keys, ...)
end

-- The same with a table of all words, for there may be more than fit on the stack.
local function prepare_packed(keys, words)
  rounds_above, is_running = 0, true
  local first, rest = {}, {}
  for index = 1, keys do first[index] = words[index] end
  for index = keys + 1, rawlen(words) do rest[index - keys] = words[index] end
  return first, rest
end

local api = {}

-- Runs an EVAL script, which finds its arguments in KEYS and ARGV.
function api.run(script, keys, ...)
  globals.KEYS, globals.ARGV = prepare(keys, ...)
  return finished(xpcall(script, handler))
end

-- Calls a function with its keys and arguments.
function api.call(call, keys, ...)
  return finished(xpcall(call, handler, prepare(keys, ...)))
end

function api.run_packed(script, keys, words)
  globals.KEYS, globals.ARGV = prepare_packed(keys, words)
  return finished(xpcall(script, handler))
end

function api.call_packed(call, keys, words)
  return finished(xpcall(call, handler, prepare_packed(keys, words)))
end

-- Lets what is compiled from now on have these globals.
function api.compile_for(visible)
  function api.compile(source, name)
    local ok, script, problem = pcall(load, source, name, "t", visible)
    if ok and script then return script end
    return nil, ok and problem or tostring(script)
  end

  function api.load_binary(code, name)
    return load(code, name, "b", visible)
  end
end

api.compile_for(env)

api.dump = string.dump
api.unpack = unpack
api.arm = arm

-- Does some of the collector's work; says whether a round of it is complete.
function api.sweep()
  local ok, is_complete = pcall(collectgarbage, "step", 100)
  return not ok or is_complete
end

function api.collect()
  collectgarbage()
end

-- Gives scripts a library of this name.
function api.add_library(name, library)
  globals[name] = read_only(library)
end

-- For what is built upon this (`functions.lua`).
api.globals, api.read_only, api.fail, api.text_of = globals, read_only, fail, text_of

return api
