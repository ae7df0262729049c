-- What a script can reach, and nothing else: the globals of Redis's Lua 5.1, made of what Lua 5.2 offers.
--
-- Every table that scripts share (_G, redis, string, ...) is handed out as an empty stand-in whose metatable looks into
-- the real one, for Lua itself has no read-only tables. The functions that go past metatables (rawset, next, ...) know
-- the stand-ins. What a script could change and leave behind, it cannot reach.
--
-- Called with: a function that counts kilobytes, one that arms the hook in a coroutine, one that puts an error of ours
-- where the script is, functions of Lua 5.1, and one that looks at every error that is caught. Returns the real globals,
-- the stand-in of them, and a function that makes another table read-only.

local kilobytes, arm, place, lua51, look = ...

local error, select, type, tostring, tonumber, next, floor = error, select, type, tostring, tonumber, next, math.floor
local rawget, rawset, rawlen, rawequal = rawget, rawset, rawlen, rawequal
local getmetatable, setmetatable, pcall, load = getmetatable, setmetatable, pcall, load
local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield
local collectgarbage, getinfo = collectgarbage, debug.getinfo
local concat, remove, sort = table.concat, table.remove, table.sort

local OURS = getinfo(1, "S").source

-- Read-only tables.

local MODIFIED = "Attempt to modify a readonly table"
local real_of = setmetatable({}, { __mode = "k" })

local function refuse()
  error(MODIFIED, 2)
end

local function read_only(real)
  local stand_in = {}
  real_of[stand_in] = real
  return setmetatable(stand_in, {
    __index = real,
    __newindex = refuse,
  })
end

-- `below` says how many of our functions there are between this one and the one that the script called.
local function bad_argument(number, expected, value, got, below)
  got = got or (value == nil and "nil" or type(value))
  below = below or 0
  local name = getinfo(2 + below, "n").name or "?"
  error("bad argument #" .. number .. " to '" .. name .. "' (" .. expected .. " expected, got " .. got .. ")", 3 + below)
end

local function check_table(number, value, below)
  if type(value) ~= "table" then bad_argument(number, "table", value, nil, 1 + (below or 0)) end
end

-- The library `string`. Methods of strings look into the real table, getmetatable shows the stand-in.

local strings = {}
for name in ("byte char dump find gmatch gsub len lower match reverse sub upper"):gmatch("%a+") do
  strings[name] = string[name]
end
strings.gfind = strings.gmatch

local dump = string.dump

function strings.dump(call)
  if getinfo(call, "S").source == OURS then error("unable to dump given function", 2) end
  return dump(call)
end

strings.format, strings.rep = lua51.format, lua51.rep

getmetatable("").__index = strings

-- The library `table`, as in Lua 5.1.

local tables = { concat = concat }

function tables.insert(...)
  local count, list, place, value = select("#", ...), ...
  check_table(1, list)
  if real_of[list] then error(MODIFIED, 0) end
  local after = rawlen(list) + 1
  if count == 2 then
    rawset(list, after, place)
  elseif count == 3 then
    local number = tonumber(place)
    if not number then bad_argument(2, "number", place) end
    number = floor(number)
    for index = after, number + 1, -1 do rawset(list, index, rawget(list, index - 1)) end
    rawset(list, number, value)
  else
    error("wrong number of arguments to 'insert'", 2)
  end
end

function tables.remove(...)
  local list, place = ...
  check_table(1, list)
  local size = rawlen(list)
  if place == nil then place = size end
  place = tonumber(place) or bad_argument(2, "number", place)
  if place < 1 or place > size then return end
  return remove(list, place)
end

-- In C a sort cannot be interrupted, and some orders take it minutes. So what is longer than this is compared in Lua,
-- if that is sure to go well: an error belongs where it would be otherwise.
local SORTED_IN_C = 500

local function less(one, other)
  return one < other
end

local function are_alike(list, size)
  local kind = type(rawget(list, 1))
  if kind ~= "number" and kind ~= "string" then return false end
  for index = 2, size do
    if type(rawget(list, index)) ~= kind then return false end
  end
  return true
end

function tables.sort(...)
  local list, compare = ...
  if type(list) ~= "table" then bad_argument(1, "table", list, select("#", ...) == 0 and "no value") end
  if compare ~= nil and type(compare) ~= "function" then bad_argument(2, "function", compare) end
  local size = rawlen(list)
  if compare == nil and size > SORTED_IN_C and are_alike(list, size) then compare = less end
  sort(list, compare)
end

function tables.getn(list)
  check_table(1, list)
  return rawlen(list)
end

function tables.setn(list)
  check_table(1, list)
  error("'setn' is obsolete", 2)
end

function tables.maxn(list)
  check_table(1, list)
  local most = 0
  for key in next, list do
    if type(key) == "number" and key > most then most = key end
  end
  return most
end

local function check_each(list, call)
  check_table(1, list, 1)
  if type(call) ~= "function" then bad_argument(2, "function", call, nil, 1) end
end

function tables.foreach(list, call)
  check_each(list, call)
  for key, value in next, list do
    local result = call(key, value)
    if result ~= nil then return result end
  end
end

function tables.foreachi(list, call)
  check_each(list, call)
  for index = 1, rawlen(list) do
    local result = call(index, rawget(list, index))
    if result ~= nil then return result end
  end
end

-- The library `math`. Numbers are as random as in Redis: those of lrand48, the same after every start.

local maths = { mod = math.fmod, huge = math.huge, pi = math.pi }
for name in ("abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp ldexp max min modf pow rad sin sinh sqrt tan tanh"):gmatch("%w+") do
  maths[name] = math[name]
end

local log = math.log
function maths.log(number) return log(number) end
function maths.log10(number) return log(number, 10) end

local low, middle, high = 0x330E, 0xABCD, 0x1234 -- 48 bits

local function seed(number)
  number = floor(number) % 4294967296
  low, middle, high = 0x330E, number % 65536, floor(number / 65536)
end

local function next_random() -- x = x * 0x5DEECE66D + 0xB, and of that the upper 31 bits
  local first = low * 0xE66D + 0xB
  local second = low * 0xDEEC + middle * 0xE66D + floor(first / 65536)
  local third = low * 0x5 + middle * 0xDEEC + high * 0xE66D + floor(second / 65536)
  low, middle, high = first % 65536, second % 65536, third % 65536
  return high * 32768 + floor(middle / 2)
end

local function check_number(number, value)
  local result = tonumber(value)
  if not result then bad_argument(number, "number", value, nil, 1) end
  return result < 0 and -floor(-result) or floor(result)
end

function maths.random(...)
  local fraction = next_random() % 2147483647 / 2147483647
  local count, lowest, highest = select("#", ...), ...
  if count == 0 then return fraction end
  lowest = check_number(1, lowest)
  if count == 1 then
    lowest, highest = 1, lowest
    if highest < 1 then error("bad argument #1 to 'random' (interval is empty)", 2) end
  elseif count == 2 then
    highest = check_number(2, highest)
    if lowest > highest then error("bad argument #2 to 'random' (interval is empty)", 2) end
  else
    error("wrong number of arguments", 2)
  end
  return floor(fraction * (highest - lowest + 1)) + lowest
end

function maths.randomseed(number)
  seed(check_number(1, number))
end

-- The library `coroutine`: the hook goes with the script into every coroutine.

-- Our functions are of C in Redis.
local function is_of_script(call)
  if type(call) ~= "function" then return false end
  local info = getinfo(call, "S")
  return info.what ~= "C" and info.source ~= OURS
end

local status = coroutine.status

local function resumed(routine, ok, ...)
  if ok then return ok, ... end
  local problem = ...
  look(problem)
  if problem == "cannot resume non-suspended coroutine" then
    problem = "cannot resume " .. status(routine) .. " coroutine"
  end
  return ok, problem
end

local coroutines = { running = function()
  local current, is_main = coroutine.running()
  return not is_main and current or nil
end, status = status, yield = yield }

function coroutines.resume(routine, ...)
  if type(routine) ~= "thread" then error("bad argument #1 to 'resume' (coroutine expected)", 2) end
  return resumed(routine, resume(routine, ...))
end

local function made(call)
  local routine = create(call)
  arm(routine)
  return routine
end

function coroutines.create(call)
  if not is_of_script(call) then error("bad argument #1 to 'create' (Lua function expected)", 2) end
  return made(call)
end

local function passed_on(ok, ...)
  if ok then return ... end
  local problem = ...
  error(problem, type(problem) == "string" and 2 or 0)
end

function coroutines.wrap(call)
  if not is_of_script(call) then error("bad argument #1 to 'wrap' (Lua function expected)", 2) end
  local routine = made(call)
  return function(...) return passed_on(resumed(routine, resume(routine, ...))) end
end

-- The basic functions.

local globals = {
  _VERSION = "Lua 5.1",
  assert = assert,
  error = error,
  rawequal = rawequal,
  select = select,
  tonumber = lua51.tonumber,
  tostring = tostring,
  type = type,
  unpack = table.unpack,
  string = read_only(strings),
  table = read_only(tables),
  math = read_only(maths),
  coroutine = read_only(coroutines),
}

local env = read_only(globals)
globals._G = env

local function no_such_global(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end

setmetatable(globals, { __index = no_such_global })

local shown_metatables = {
  string = read_only({ __index = globals.string }),
  env = read_only({ __index = no_such_global }),
}

function globals.getmetatable(...)
  local value = ...
  if select("#", ...) == 0 then bad_argument(1, "value", nil, "no value") end
  if type(value) == "string" then return shown_metatables.string end
  if rawequal(value, env) then return shown_metatables.env end
  if real_of[value] then return nil end
  return getmetatable(value)
end

function globals.setmetatable(...)
  local value, meta = ...
  check_table(1, value)
  if select("#", ...) < 2 or (meta ~= nil and type(meta) ~= "table") then
    error("bad argument #2 to 'setmetatable' (nil or table expected)", 2)
  end
  if real_of[value] then error(MODIFIED, 0) end
  -- Lua 5.1 finalizes no tables. Lua 5.2 does, with the hook off, those whose metatable says so at this moment.
  local finalizer = meta and rawget(meta, "__gc")
  if finalizer == nil then return setmetatable(value, meta) end
  rawset(meta, "__gc", nil)
  local ok, problem = pcall(setmetatable, value, meta)
  rawset(meta, "__gc", finalizer)
  if not ok then error(problem, 2) end
  return value
end

function globals.rawget(list, key)
  check_table(1, list)
  return rawget(real_of[list] or list, key)
end

function globals.rawset(list, key, value)
  check_table(1, list)
  if real_of[list] then error(MODIFIED, 0) end
  if key == nil then error("table index is nil", 0) end
  return rawset(list, key, value)
end

local next_index = ipairs({})

-- Neither asks a metatable, as both do in Lua 5.2.
function globals.pairs(...)
  local list = ...
  if type(list) ~= "table" then bad_argument(1, "table", nil, select("#", ...) == 0 and "no value" or type(list)) end
  return next, real_of[list] or list, nil
end

function globals.ipairs(...)
  local list = ...
  if type(list) ~= "table" then bad_argument(1, "table", nil, select("#", ...) == 0 and "no value" or type(list)) end
  return next_index, real_of[list] or list, 0
end

function globals.next(...)
  local list, key = ...
  if select("#", ...) == 0 then bad_argument(1, "table", nil, "no value") end
  check_table(1, list)
  return next(real_of[list] or list, key)
end

-- A caught error of the server is shown by its text, as in Redis.
local function caught(ok, ...)
  if ok then return ok, ... end
  local problem = ...
  look(problem)
  if type(problem) == "table" then
    local text = problem.err
    if type(text) == "string" or type(text) == "number" then problem = text end
  elseif type(problem) == "string" then
    -- Lua 5.2 finds out what a function is called that was called by no name; 5.1 does not.
    problem = place(problem):gsub("^bad argument #(%d+) to '%a+%.%a+'", "bad argument #%1 to '?'")
  end
  return ok, problem
end

function globals.pcall(...)
  -- Redis puts its own function in front of the arguments.
  if select("#", ...) == 0 then return false, "attempt to call a boolean value" end
  return caught(pcall(...))
end

-- Lua calls a handler of its own in the midst of the error; if that is one of the hook, without a hook, and for as long as
-- it likes. Here it is called when the error is over.
local function handled(handle, ok, ...)
  if ok then return ok, ... end
  local problem = ...
  look(problem)
  if type(problem) == "string" then problem = place(problem) end
  local is_handled, answer = pcall(handle, problem)
  if not is_handled then answer = "error in error handling" end
  return false, answer
end

function globals.xpcall(...)
  local call, handle = ...
  if select("#", ...) < 2 then error("bad argument #2 to 'xpcall' (value expected)", 2) end
  return handled(handle, pcall(call))
end

local function compiled(source, name)
  local script, problem = load(source, name, "t", env)
  if script then return script end
  return nil, (tostring(problem):gsub("syntax error near", "'=' expected near"):gsub("<eof>", "'<eof>'"))
end

function globals.loadstring(source, name)
  local kind = type(source)
  if kind ~= "string" and kind ~= "number" then bad_argument(1, "string", source) end
  source = tostring(source)
  name = name == nil and source or name
  if source:sub(1, 1) == "\27" then
    return nil, '[string "' .. source:match("^%C*.%C*") .. "\"]:1: unexpected symbol near 'char(27)'"
  end
  return compiled(source, name)
end

function globals.load(reader, name)
  if type(reader) ~= "function" then bad_argument(1, "function", reader) end
  local pieces = {}
  repeat
    local ok, piece = pcall(reader)
    if not ok then
      look(piece)
      return nil, piece
    end
    if piece ~= nil and type(piece) ~= "string" then return nil, "reader function must return a string" end
    pieces[#pieces + 1] = piece
  until piece == nil or piece == ""
  return compiled(concat(pieces), name == nil and "=(load)" or name)
end

function globals.gcinfo()
  return floor(kilobytes())
end

-- What would change how the one collector of all scripts works does nothing, and says what it would in Redis.
local collector = {
  count = kilobytes,
  collect = function() return collectgarbage("collect") end,
  step = function(size) return collectgarbage("step", size) end,
  stop = function() return 0 end,
  restart = function() return 0 end,
  setpause = function() return 200 end,
  setstepmul = function() return 200 end,
}

function globals.collectgarbage(option, argument)
  local act = collector[option == nil and "collect" or option]
  if not act then
    error("bad argument #1 to 'collectgarbage' (invalid option '" .. tostring(option) .. "')", 2)
  end
  return act(argument)
end

return globals, env, read_only
