-- The library `struct`: values packed into strings as the structures of C are.
--
-- See https://www.inf.puc-rio.br/~roberto/struct/ for the formats. A format is read byte by byte up to its
-- end or a zero byte; `options` tells of each letter how many bytes it takes. Integers may have up to 32
-- bytes, of which only 64 bits are ever used.

local calling, bits = ...

local byte, find, rep, reverse, sub = string.byte, string.find, string.rep, string.reverse, string.sub
local band = bit32.band
local ceil, concat, floor, next, select, tonumber, type, unpack =
  math.ceil, table.concat, math.floor, next, select, tonumber, type, table.unpack
local blame, fail, public = calling.blame, calling.fail, calling.public

local LARGEST_INTEGER = 32
local LARGEST_ALIGNMENT = 8
-- As many values as a function of C may hold.
local SLOTS = 8000
local INT_MAX = 2 ^ 31 - 1

local SIZES = { b = 1, B = 1, h = 2, H = 2, l = 8, L = 8, T = 8, f = 4, d = 8, x = 1, s = 0 }
local INTEGERS = { b = true, B = true, h = true, H = true, l = true, L = true, T = true, i = true, I = true }
local HAS_VALUE = { f = true, d = true, c = true, s = true }
for letter in next, INTEGERS do
  HAS_VALUE[letter] = true
end
local SIGNED = { b = true, h = true, l = true, i = true }

-- The digits at a position of a format as a number, and the position after them.
local function digits(format, position, default)
  local value
  while true do
    local digit = byte(format, position)
    if not digit or digit < 48 or digit > 57 then
      return value or default, position
    end
    value = (value or 0) * 10 + digit - 48
    if value > INT_MAX then
      fail("integral size overflow")
    end
    position = position + 1
  end
end

local function size_of(letter, format, position)
  if SIZES[letter] then
    return SIZES[letter], position
  elseif letter == "c" then
    return digits(format, position, 1)
  elseif letter == "i" or letter == "I" then
    local size, after = digits(format, position, 4)
    if size > LARGEST_INTEGER then
      fail("integral size " .. size .. " is larger than limit of " .. LARGEST_INTEGER)
    end
    return size, after
  end
  return 0, position
end

local function alignment(format, position)
  local value, after = digits(format, position, LARGEST_ALIGNMENT)
  if value == 0 or band(value, value - 1) ~= 0 then
    fail("alignment " .. value .. " is not a power of 2")
  end
  return value, after
end

-- How many bytes there are between an offset and the next value of that size.
local function padding(offset, letter, size, align)
  if size == 0 or letter == "c" then
    return 0
  elseif size > align then
    size = align
  end
  local mask = size - 1
  return band(size - band(offset % 2 ^ 32, mask), mask)
end

-- Goes through a format: `visit` gets each letter, its size, the padding before it, whether the bytes stand
-- in the order of a big-endian machine, and the offset; it returns how many bytes there are of it in fact.
-- What has no size is visited too, before it is known to be an option; that it is none is overlooked if it
-- is `ignored`.
local function each(format, offset, visit, ignored)
  local position, align, big = 1, 1, false
  local stop = find(format, "\0", 1, true) or #format + 1
  while position < stop do
    local letter = sub(format, position, position)
    local size, after = size_of(letter, format, position + 1)
    local gap = padding(offset, letter, size, align)
    offset = offset + gap
    offset = offset + visit(letter, size, gap, big, offset)
    if letter == "<" or letter == ">" then
      big = letter == ">"
    elseif letter == "!" then
      align, after = alignment(format, after)
    elseif not (HAS_VALUE[letter] or letter == "x" or letter == " " or ignored and find(letter, ignored)) then
      blame(1, "invalid format option '" .. letter .. "'")
    end
    position = after
  end
  return offset
end

local function ordered(most_significant_first, big)
  return big and most_significant_first or reverse(most_significant_first)
end

local function integer_bytes(value, size, big)
  local high, low = bits.of_integer(value)
  local data = bits.bytes(high) .. bits.bytes(low)
  if size <= 8 then
    data = sub(data, 9 - size)
  else
    data = rep("\0", size - 8) .. data
  end
  return ordered(data, big)
end

local function double_bytes(value, big)
  local high, low = bits.of_double(value)
  return ordered(bits.bytes(high) .. bits.bytes(low), big)
end

local function string_bytes(argument, letter, size, text)
  if size == 0 then
    size = #text
  elseif #text < size then
    -- The next one is blamed: the original has already stepped over this one.
    blame(argument + 1, "string too short")
  end
  return sub(text, 1, size) .. (letter == "s" and "\0" or "")
end

local function packed(letter, size, big, argument, count, value)
  if INTEGERS[letter] then
    return integer_bytes(calling.number(argument, count, value), size, big)
  elseif letter == "f" then
    return ordered(bits.bytes(bits.of_float(calling.number(argument, count, value))), big)
  elseif letter == "d" then
    return double_bytes(calling.number(argument, count, value), big)
  end
  return string_bytes(argument, letter, size, calling.text(argument, count, value))
end

local function pack(...)
  local count = select("#", ...)
  local format = calling.text(1, count, (...))
  local arguments = { ... }
  local argument = 1
  local pieces, n = {}, 0
  each(format, 0, function(letter, size, gap, big)
    local piece = letter == "x" and "\0" or ""
    if HAS_VALUE[letter] then
      argument = argument + 1
      -- Behind the last argument stands a nil, so none is ever missing.
      piece = packed(letter, size, big, argument, argument, arguments[argument])
    end
    pieces[n + 1], pieces[n + 2], n = rep("\0", gap), piece, n + 2
    return #piece
  end)
  return concat(pieces)
end

local function integer_at(data, offset, size, big, is_signed)
  if size == 0 then
    return 0
  end
  local text = sub(data, offset + 1, offset + size)
  text = ordered(text, big)
  text = size < 8 and rep("\0", 8 - size) .. text or sub(text, -8)
  local high, low = bits.word(text, 1), bits.word(text, 5)
  if not is_signed then
    return bits.to_unsigned(high, low)
  end
  return bits.to_signed(high, low, (size * 8 - 1) % 64)
end

local function float_at(data, offset, big)
  return bits.to_float(bits.word(ordered(sub(data, offset + 1, offset + 4), big), 1))
end

local function double_at(data, offset, big)
  local text = ordered(sub(data, offset + 1, offset + 8), big)
  return bits.to_double(bits.word(text, 1), bits.word(text, 5))
end

local function terminated_at(data, offset)
  local stop = find(data, "\0", offset + 1, true)
  if not stop then
    fail("unfinished string in data")
  end
  return sub(data, offset + 1, stop - 1), stop - offset
end

local function check_room(data, offset, size)
  if size > #data or offset > #data - size then
    blame(2, "data string too short")
  end
end

-- A string whose length is the number unpacked before it, which it replaces.
local function counted_at(data, offset, size)
  if type(size) ~= "number" and not (type(size) == "string" and tonumber(size)) then
    fail("format 'c0' needs a previous size")
  end
  local high, low = bits.of_integer(size + 0)
  size = bits.to_unsigned(high, low)
  check_room(data, offset, size)
  return sub(data, offset + 1, offset + size), size
end

-- A value at an offset and its size in fact; of a number the size is known.
local function unpacked(data, offset, letter, size, big)
  if INTEGERS[letter] then
    return integer_at(data, offset, size, big, SIGNED[letter]), size
  elseif letter == "f" then
    return float_at(data, offset, big), size
  elseif letter == "d" then
    return double_at(data, offset, big), size
  elseif letter == "s" then
    return terminated_at(data, offset)
  end
  return sub(data, offset + 1, offset + size), size
end

local function start_of(count, position)
  if position == nil then
    return 0
  end
  local start = calling.number(3, count, position)
  start = start < 0 and ceil(start) or floor(start)
  if start == 0 then
    blame(3, "offset must be 1 or greater")
  end
  -- Something below zero is a huge number of C, and beyond any data.
  return (start > 0 and start <= 2 ^ 53) and start - 1 or 2 ^ 53
end

local function unpack_values(...)
  local count, format, data, position = select("#", ...), ...
  format, data = calling.text(1, count, format), calling.text(2, count, data)
  local values, n = {}, 0
  local offset = each(format, start_of(count, position), function(letter, size, _, big, offset)
    check_room(data, offset, size)
    if count + n + 2 > SLOTS then
      fail("stack overflow (too many results)")
    end
    if not HAS_VALUE[letter] then
      return size
    elseif letter == "c" and size == 0 then
      values[n], size = counted_at(data, offset, values[n])
      return size
    end
    n = n + 1
    values[n], size = unpacked(data, offset, letter, size, big)
    return size
  end)
  values[n + 1] = offset + 1
  return unpack(values, 1, n + 1)
end

local function size(...)
  local format = calling.text(1, select("#", ...), (...))
  return each(format, 0, function(letter, size)
    if letter == "s" then
      blame(1, "option 's' has no fixed size")
    elseif letter == "c" and size == 0 then
      blame(1, "option 'c0' has no fixed size")
    end
    return size
  end, "%w")
end

return { pack = public(pack), unpack = public(unpack_values), size = public(size) }
