-- What Lua 5.1 does and 5.2 does not: `string.format`, `string.rep` and `tonumber`.
--
-- Numbers that do not fit are printed as C prints what it makes of them, values that are no text are not turned
-- into text, and `tonumber` takes whatever `strtod` takes.

local calling, bits = ...

local find, format, gsub, lower, match, rep, sub =
  string.find, string.format, string.gsub, string.lower, string.match, string.rep, string.sub
local byte, concat, floor, huge, pcall, select, tonumber, type =
  string.byte, table.concat, math.floor, math.huge, pcall, select, tonumber, type
local blame, fail, public = calling.blame, calling.fail, calling.public

local LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"

-- The digits of an unsigned integer of 64 bits.
local function in_base(base, high, low)
  local digits = ""
  repeat
    local rest = high % base * 2 ^ 32 + low
    high, low = floor(high / base), floor(rest / base)
    local digit = rest % base
    digits = sub(LETTERS, digit + 1, digit + 1) .. digits
  until high == 0 and low == 0
  return digits
end

local BASES = { o = 8, u = 10, x = 16, X = 16 }

-- Text that takes the place of a number in a format.
local function as_text(spec, text)
  return format("%" .. match(spec, "^%%(%-?)") .. match(spec, "(%d*)") .. "s", text)
end

local function integer_text(spec, kind, value)
  local ok, text = pcall(format, spec, value)
  if ok then
    return text
  elseif not BASES[kind] then
    return as_text(spec, "-9223372036854775808")
  end
  text = in_base(BASES[kind], bits.of_integer(value))
  return as_text(spec, kind == "X" and text:upper() or text)
end

local function quoted(text)
  text = gsub(text, '["\\\n]', "\\%0")
  return '"' .. gsub(gsub(text, "\r", "\\r"), "%z", "\\000") .. '"'
end

local NUMBERS = "[cdiouxXeEfgG]"

local function formatted(spec, kind, argument, count, value)
  if argument > count then
    blame(argument, "no value")
  elseif find(kind, "[diouxX]") then
    return integer_text(spec, kind, calling.number(argument, count, value))
  elseif find(kind, NUMBERS) then
    return format(spec, calling.number(argument, count, value))
  elseif kind == "q" then
    return quoted(calling.text(argument, count, value))
  elseif kind == "s" then
    return format(spec, calling.text(argument, count, value))
  end
  fail("invalid option '%" .. kind .. "' to 'format'")
end

-- The specification that begins at a position, its letter, and the position after it.
local function specification(pattern, position)
  local flags = match(pattern, "^[-+ #0]*", position + 1)
  if #flags >= 6 then
    fail("invalid format (repeated flags)")
  end
  local _, stop = find(pattern, "^%d?%d?", position + 1 + #flags)
  _, stop = find(pattern, "^%.?", stop + 1)
  if sub(pattern, stop, stop) == "." then
    _, stop = find(pattern, "^%d?%d?", stop + 1)
  end
  if find(pattern, "^%d", stop + 1) then
    fail("invalid format (width or precision too long)")
  end
  return sub(pattern, position, stop + 1), sub(pattern, stop + 1, stop + 1), stop + 2
end

local function format_one_by_one(pattern, count, ...)
  local values, pieces, n, argument, position = { ... }, {}, 0, 1, 1
  while true do
    local start = find(pattern, "%", position, true)
    pieces[n + 1], n = sub(pattern, position, (start or 0) - 1), n + 1
    if not start then
      return concat(pieces)
    elseif sub(pattern, start + 1, start + 1) == "%" then
      pieces[n + 1], position = "%", start + 2
    else
      argument = argument + 1
      if argument > count then
        blame(argument, "no value")
      end
      local spec, kind
      spec, kind, position = specification(pattern, start)
      pieces[n + 1] = formatted(spec, kind, argument, count, values[argument - 1])
    end
    n = n + 1
  end
end

local function are_simple(...)
  for i = 1, select("#", ...) do
    local kind = type((select(i, ...)))
    if kind ~= "string" and kind ~= "number" then
      return false
    end
  end
  return true
end

local function format51(...)
  if are_simple(...) and not find(..., "%%[^%a%%]*[qaA]") then
    local ok, text = pcall(format, ...)
    if ok then
      return text
    end
  end
  local count = select("#", ...)
  return format_one_by_one(calling.text(1, count, (...)), count, select(2, ...))
end

-- Nothing, many times over, is not put together one by one, as Lua does for minutes.
local function rep51(...)
  local count, text, times = select("#", ...), ...
  text, times = calling.text(1, count, text), calling.integer(2, count, times)
  return text == "" and "" or rep(text, times)
end

-- Numbers by name, which 5.2 does not read.
local function named(text)
  local sign, name = match(lower(text), "^%s*([+-]?)(%a+[%w_()]*)%s*$")
  local value
  if name == "inf" or name == "infinity" then
    value = huge
  elseif name and find(name, "^nan$") or name and find(name, "^nan%([%w_]*%)$") then
    value = bits.NAN
  end
  return value and (sign == "-" and -value or value)
end

local function decimal(text)
  text = match(text, "^[^%z]*")
  return tonumber(text) or named(text) or nil
end

-- As `strtoul` of C: a number that does not fit is the largest one, and one below zero is counted from there.
local function in_other_base(text, base)
  text = match(text, "^[^%z]*")
  local sign, digits = match(lower(text), "^%s*([+-]?)(%w+)%s*$")
  if base == 16 and digits then
    digits = gsub(digits, "^0x(%x)", "%1")
  end
  local value = 0
  for i = 1, digits and #digits or 0 do
    local digit = find(LETTERS, sub(digits, i, i), 1, true) - 1
    if digit >= base then
      return nil
    end
    value = value * base + digit
  end
  if not digits then
    return nil
  end
  value = value < 2 ^ 64 and value or 2 ^ 64
  return (sign == "-" and value > 0 and value < 2 ^ 64) and 2 ^ 64 - value or value
end

local slow_tonumber = public(function(...)
  local count, value, base = select("#", ...), ...
  base = base == nil and 10 or calling.integer(2, count, base)
  if base == 10 then
    if count == 0 then
      blame(1, "value expected")
    end
    return type(value) == "number" and value or type(value) == "string" and decimal(value) or nil
  end
  value = calling.text(1, count, value)
  if base < 2 or base > 36 then
    blame(2, "base out of range")
  end
  return in_other_base(value, base)
end, "tonumber")

local function tonumber51(...)
  local value, base = ...
  if value ~= nil and base == nil then
    local number = tonumber(value)
    if number then
      return number
    end
  end
  return slow_tonumber(...)
end

return { format = public(format51), rep = public(rep51), tonumber = tonumber51 }
