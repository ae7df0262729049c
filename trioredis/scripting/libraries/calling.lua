-- How a function of these libraries meets its caller: as a function of C does in Lua 5.1.
--
-- The libraries of Redis are written in C, and scripts see it in their errors: arguments are counted, an
-- error names the function as the caller calls it, and its position is the caller's, wherever inside the
-- library it was found. So a body fails from any depth by `fail` or `blame`, and the function that `public`
-- makes of it turns that into the error its caller sees. Any other error (of memory, of a script that is
-- stopped) passes through as it is.

local error, getinfo, pcall, rawequal, select = error, debug.getinfo, pcall, rawequal, select
local tonumber, tostring, type, floor, ceil = tonumber, tostring, type, math.floor, math.ceil

local calling = {}

local INTEGERS = 2 ^ 32

-- The failure on its way to a caller; an error that is not this table is not ours.
local pending

function calling.fail(text)
  pending = { text = text }
  error(pending)
end

-- Fails because of an argument, counted from 1.
local function blame(argument, text)
  pending = { text = text, argument = argument }
  error(pending)
end
calling.blame = blame

local function accusation(call, name, argument, text)
  name = call.name or name or "?"
  if call.namewhat == "method" then
    argument = argument - 1
    if argument == 0 then
      return "calling '" .. name .. "' on bad self (" .. text .. ")"
    end
  end
  return "bad argument #" .. argument .. " to '" .. name .. "' (" .. text .. ")"
end

-- Called by a public function, which is what level 2 stands for, and its caller is level 3.
local function settle(name, ok, ...)
  if ok then
    return ...
  end
  local failure = ...
  if not rawequal(failure, pending) then
    error(failure, 0)
  end
  pending = nil
  local text = failure.text
  if failure.argument then
    text = accusation(getinfo(2, "n"), name, failure.argument, text)
  end
  error(text, 3)
end

local function all(...)
  return ...
end

-- A function that is called in place of another, by a tail call, has to be told the other's name.
function calling.public(body, name)
  return function(...)
    -- Not a tail call of `settle`: the frame of this function must be there when an error is placed.
    return all(settle(name, pcall(body, ...)))
  end
end

local function mistyped(argument, wanted, count, value)
  local got = argument > count and "no value" or type(value)
  blame(argument, wanted .. " expected, got " .. got)
end

-- `count` is how many arguments there are, so that one that is missing is told from nil.
local function number(argument, count, value)
  if type(value) == "number" then
    return value
  end
  local converted = type(value) == "string" and tonumber(value)
  return converted or mistyped(argument, "number", count, value)
end
calling.number = number

-- A `long` of C: the fraction is cut off, and what does not fit turns into the smallest one there is.
local function long(argument, count, value)
  value = number(argument, count, value)
  if value >= -2 ^ 63 and value < 2 ^ 63 then
    return value < 0 and ceil(value) or floor(value)
  end
  return -2 ^ 63
end
calling.long = long

-- An `int` made of a `long`: the low 32 bits of it.
local function int(value)
  value = value % INTEGERS
  return value < INTEGERS / 2 and value or value - INTEGERS
end
calling.int = int

function calling.integer(argument, count, value)
  return int(long(argument, count, value))
end

function calling.text(argument, count, value)
  local kind = type(value)
  if kind == "string" then
    return value
  elseif kind == "number" then
    return tostring(value)
  end
  mistyped(argument, "string", count, value)
end

-- The count of arguments, of which there may be at most so many.
function calling.at_most(most, ...)
  local count = select("#", ...)
  if count > most then
    blame(most + 1, "found too many arguments")
  end
  return count
end

return calling
