-- The library `bit`: operations on 32 bits, whose results are signed.
--
-- See https://bitop.luajit.org/api.html. A number is taken modulo 2^32 after it is rounded to the nearest
-- integer, which C does by adding 2^52 + 2^51 and looking at the low bits of the sum; so do we, and get the
-- same from numbers that are too large for it.

local calling = ...

local bit32, format, sub = bit32, string.format, string.sub
local frexp, huge, select = math.frexp, math.huge, select
local number, public = calling.number, calling.public

local MAGIC = 2 ^ 52 + 2 ^ 51
local WORD = 2 ^ 32

local function low_bits(sum)
  if sum ~= sum or sum == huge or sum == -huge then
    return 0
  end
  return frexp(sum < 0 and -sum or sum) * 2 ^ 53 % WORD
end

local function word(argument, count, value)
  local sum = number(argument, count, value) + MAGIC
  if sum >= 2 ^ 52 and sum < 2 ^ 53 then
    return sum % WORD
  end
  return low_bits(sum)
end

local function signed(value)
  return value < 2 ^ 31 and value or value - WORD
end

local function unary(operation)
  return public(function(...)
    return signed(operation(word(1, select("#", ...), (...))))
  end)
end

-- Of several bad arguments the first is named, or else the last.
local function folded(operation)
  return public(function(...)
    local count = select("#", ...)
    local result = word(1, count, (...))
    local arguments = { ... }
    for i = count, 2, -1 do
      result = operation(result, word(i, count, arguments[i]))
    end
    return signed(result)
  end)
end

local function shift(operation)
  return public(function(...)
    local count, value, distance = select("#", ...), ...
    value = word(1, count, value)
    return signed(operation(value, word(2, count, distance) % 32))
  end)
end

local function swapped(value)
  return bit32.bor(
    bit32.lshift(value, 24),
    bit32.lshift(bit32.extract(value, 8, 8), 16),
    bit32.lshift(bit32.extract(value, 16, 8), 8),
    bit32.rshift(value, 24)
  )
end

-- The lowest `digits` hexadecimal digits, in capitals if that is negative.
local function tohex(...)
  local count, value, digits = select("#", ...), ...
  value = word(1, count, value)
  digits = count < 2 and 8 or signed(word(2, count, digits))
  local text = format(digits < 0 and "%08X" or "%08x", value)
  digits = digits < 0 and -digits or digits
  return digits < 8 and sub(text, 9 - digits) or text
end

return {
  tobit = unary(function(value) return value end),
  bnot = unary(bit32.bnot),
  bswap = unary(swapped),
  band = folded(bit32.band),
  bor = folded(bit32.bor),
  bxor = folded(bit32.bxor),
  lshift = shift(bit32.lshift),
  rshift = shift(bit32.rshift),
  arshift = shift(bit32.arshift),
  rol = shift(bit32.lrotate),
  ror = shift(bit32.rrotate),
  tohex = public(tohex),
}
