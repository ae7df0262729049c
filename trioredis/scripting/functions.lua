-- How libraries of functions are loaded.
--
-- While a library is loaded it reaches the table `redis` and no other global, and of that what follows below. When its
-- functions are called, they find everything that scripts find, but for KEYS, ARGV and what is for EVAL alone. Globals
-- are looked up when they are used, so it is one environment for both, which looks elsewhere meanwhile.

local api, register, flag_bits = ...

local error, select, type, next = error, select, type, next
local setmetatable, getmetatable = setmetatable, getmetatable

local globals, read_only, fail, text_of = api.globals, api.read_only, api.fail, api.text_of
local full, no_such_global = getmetatable(globals.redis).__index, getmetatable(globals).__index

full.breakpoint, full.debug, full.replicate_commands = nil, nil, nil

local is_loading = false

-- Reading the arguments of redis.register_function.

local function flags_of(list)
  if type(list) ~= "table" then
    fail("flags argument to redis.register_function must be a table representing function flags")
  end
  local bits, index = {}, 1
  while list[index] ~= nil do
    local name = text_of(list[index])
    local bit = name and flag_bits[name:lower()]
    if not bit then fail("unknown flag given") end
    bits[bit] = true
    index = index + 1
  end
  local sum = 0
  for bit in next, bits do sum = sum + bit end
  return sum
end

local readers = {
  function_name = function(value)
    return text_of(value) or fail("function_name argument given to redis.register_function must be a string")
  end,
  description = function(value)
    return text_of(value) or fail("description argument given to redis.register_function must be a string")
  end,
  callback = function(value)
    if type(value) ~= "function" then
      fail("callback argument given to redis.register_function must be a function")
    end
    return value
  end,
  flags = flags_of,
}

local function named(arguments)
  if type(arguments) ~= "table" then
    fail("calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).")
  end
  local read = {}
  for key, value in next, arguments do
    local name = text_of(key)
    if not name then fail("named argument key given to redis.register_function is not a string") end
    name = name:lower()
    local reader = readers[name]
    if not reader then fail("unknown argument given to redis.register_function") end
    read[name] = reader(value)
  end
  if not read.function_name then fail("redis.register_function must get a function name argument") end
  if not read.callback then fail("redis.register_function must get a callback argument") end
  return read.function_name, read.callback, read.description, read.flags
end

local function positional(name, callback)
  name = text_of(name)
  if not name then fail("first argument to redis.register_function must be a string") end
  if type(callback) ~= "function" then fail("second argument to redis.register_function must be a function") end
  return name, callback
end

local function register_function(...)
  if not is_loading then fail("redis.register_function can only be called on FUNCTION LOAD command") end
  local count, name, callback, description, flags = select("#", ...)
  if count == 1 then
    name, callback, description, flags = named(...)
  elseif count == 2 then
    name, callback = positional(...)
  else
    fail("wrong number of arguments to redis.register_function")
  end
  local problem = register(name, callback, description, flags or 0)
  if problem then error({ err = problem }, 0) end
end

-- The two faces of the environment.

local reduced = { register_function = register_function, log = full.log }
for _, name in next, { "LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING", "REDIS_VERSION", "REDIS_VERSION_NUM" } do
  reduced[name] = full[name]
end
setmetatable(reduced, { __index = no_such_global })

local while_loading = setmetatable({ redis = read_only(reduced) }, { __index = no_such_global })

local env = read_only(globals)
local view = getmetatable(env)

-- What this runtime compiles is libraries.
api.compile_for(env)

function api.stop_loading()
  is_loading, view.__index = false, globals
end

local function loaded(...)
  api.stop_loading()
  return ...
end

-- Runs the chunk of a library, which registers its functions; returns what went wrong, as `call` does.
function api.load_library(chunk)
  is_loading, view.__index = true, while_loading
  return loaded(api.call(function() chunk() end, 0))
end
