-- The library `cmsgpack`: MessagePack to values and back, as version 0.4.0 of lua-cmsgpack.
--
-- See https://github.com/msgpack/msgpack/blob/master/spec.md. Of that there is what the original knows: no
-- binary strings and no extensions. A number that is an integer of 64 bits is packed as the shortest one,
-- any other as a float if nothing is lost by it, else as a double. A table is an array if its keys are 1 to
-- n. Below 16 levels of tables there is nothing but nil, which is how a table that holds itself comes to an
-- end.

local calling, bits = ...

local byte, char, sub = string.byte, string.char, string.sub
local concat, floor, next, rawlen, select, type, unpack =
  table.concat, math.floor, next, rawlen, select, type, table.unpack
local error, fail, int = error, calling.fail, calling.int

local DEEPEST = 16
-- As many values as a function of C may hold.
local SLOTS = 8000
local INT_MAX = 2 ^ 31 - 1

-- Packing.

local function short(value)
  return char(floor(value / 256), value % 256)
end

local function long(value)
  local high, low = bits.of_integer(value)
  return bits.bytes(high) .. bits.bytes(low)
end

local function integer(value)
  if value >= 0 then
    if value <= 0x7f then
      return char(value)
    elseif value <= 0xff then
      return "\xcc" .. char(value)
    elseif value <= 0xffff then
      return "\xcd" .. short(value)
    elseif value <= 0xffffffff then
      return "\xce" .. bits.bytes(value)
    end
    return "\xcf" .. long(value)
  elseif value >= -0x20 then
    return char(value + 0x100)
  elseif value >= -0x80 then
    return "\xd0" .. char(value + 0x100)
  elseif value >= -0x8000 then
    return "\xd1" .. short(value + 0x10000)
  elseif value >= -0x80000000 then
    return "\xd2" .. bits.bytes(value + 2 ^ 32)
  end
  return "\xd3" .. long(value)
end

local function number(value)
  if value >= -2 ^ 63 and value < 2 ^ 63 and floor(value) == value then
    -- Of the two zeros only one is an integer.
    return integer(value == 0 and 0 or value)
  end
  local word = bits.of_float(value)
  if bits.to_float(word) == value then
    return "\xca" .. bits.bytes(word)
  end
  local high, low = bits.of_double(value)
  return "\xcb" .. bits.bytes(high) .. bits.bytes(low)
end

-- What stands before so many bytes, items or pairs: in one byte from `fix` on, or after one that tells its
-- size.
local function header(count, fix, fix_limit, byte_mark, short_mark, word_mark)
  if count < fix_limit then
    return char(fix + count)
  elseif byte_mark and count <= 0xff then
    return byte_mark .. char(count)
  elseif count <= 0xffff then
    return short_mark .. short(count)
  end
  return word_mark .. bits.bytes(count)
end

local function is_array(value)
  local longest, count = 0, 0
  for key in next, value do
    if type(key) ~= "number" or key < 1 or key > INT_MAX or floor(key) ~= key then
      return false
    end
    longest = key > longest and key or longest
    count = count + 1
  end
  return longest == count
end

local append

local function append_array(out, n, value, depth)
  local length = rawlen(value)
  out[n + 1], n = header(length, 0x90, 16, nil, "\xdc", "\xdd"), n + 1
  for i = 1, length do
    n = append(out, n, value[i], depth + 1)
  end
  return n
end

local function append_map(out, n, value, depth)
  local count = 0
  for _ in next, value do
    count = count + 1
  end
  out[n + 1], n = header(count, 0x80, 16, nil, "\xde", "\xdf"), n + 1
  for key, item in next, value do
    n = append(out, n, key, depth + 1)
    n = append(out, n, item, depth + 1)
  end
  return n
end

-- Appends a value to the `n` pieces there are, and returns how many there are then.
function append(out, n, value, depth)
  local kind = type(value)
  if kind == "string" then
    out[n + 1] = header(#value, 0xa0, 32, "\xd9", "\xda", "\xdb")
    out[n + 2] = value
    return n + 2
  elseif kind == "table" and depth < DEEPEST then
    if is_array(value) then
      return append_array(out, n, value, depth)
    end
    return append_map(out, n, value, depth)
  end
  local piece = "\xc0"
  if kind == "number" then
    piece = number(value)
  elseif kind == "boolean" then
    piece = value and "\xc3" or "\xc2"
  end
  out[n + 1] = piece
  return n + 1
end

local function pack(...)
  local count = select("#", ...)
  if count == 0 then
    calling.blame(0, "MessagePack pack needs input.")
  end
  local values, out, n = { ... }, {}, 0
  for i = 1, count do
    n = append(out, n, values[i], 0)
  end
  return concat(out, "", 1, n)
end

-- Unpacking. `position` is that of a byte, counted from 1, and the one after what was read is returned last.

local function missing()
  fail("Missing bytes in input.")
end

local function at_least(size, data, position)
  if position + size - 1 > #data then
    missing()
  end
end

local function unsigned(size)
  if size == 1 then
    return byte
  elseif size == 2 then
    return function(data, position)
      local high, low = byte(data, position, position + 1)
      return high * 256 + low
    end
  elseif size == 4 then
    return bits.word
  end
  return function(data, position)
    return bits.to_unsigned(bits.word(data, position), bits.word(data, position + 4))
  end
end

local function signed(size)
  if size == 8 then
    return function(data, position)
      return bits.to_signed(bits.word(data, position), bits.word(data, position + 4))
    end
  end
  local read, limit = unsigned(size), 2 ^ (size * 8 - 1)
  return function(data, position)
    local value = read(data, position)
    return value < limit and value or value - 2 * limit
  end
end

local function float(data, position)
  return bits.to_float(bits.word(data, position))
end

local function double(data, position)
  return bits.to_double(bits.word(data, position), bits.word(data, position + 4))
end

-- Marks of numbers: how many bytes follow, and how they are read.
local NUMBERS = {
  [0xcc] = { 1, unsigned(1) },
  [0xcd] = { 2, unsigned(2) },
  [0xce] = { 4, unsigned(4) },
  [0xcf] = { 8, unsigned(8) },
  [0xd0] = { 1, signed(1) },
  [0xd1] = { 2, signed(2) },
  [0xd2] = { 4, signed(4) },
  [0xd3] = { 8, signed(8) },
  [0xca] = { 4, float },
  [0xcb] = { 8, double },
}

local value_at

local function text_at(data, position, size)
  at_least(size, data, position)
  return sub(data, position, position + size - 1), position + size
end

local function check_room(slots, reason)
  if slots + 1 > SLOTS then
    fail("stack overflow (" .. reason .. ")")
  end
end

local function array_at(data, position, length, slots)
  check_room(slots + 1, "in function mp_decode_to_lua_array")
  local array = {}
  for i = 1, length do
    array[i], position = value_at(data, position, slots + 2)
  end
  return array, position
end

local function map_at(data, position, length, slots)
  local map = {}
  for _ = 1, length do
    local key, value
    key, position = value_at(data, position, slots + 1)
    value, position = value_at(data, position, slots + 2)
    if key == nil then
      error("table index is nil", 0)
    elseif key ~= key then
      error("table index is NaN", 0)
    end
    map[key] = value
  end
  return map, position
end

-- Marks of what has a size, which follows: how many bytes tell it, and what it is the size of.
local SIZED = {
  [0xd9] = { 1, text_at },
  [0xda] = { 2, text_at },
  [0xdb] = { 4, text_at },
  [0xdc] = { 2, array_at },
  [0xdd] = { 4, array_at },
  [0xde] = { 2, map_at },
  [0xdf] = { 4, map_at },
}
for _, entry in next, SIZED do
  entry[3] = unsigned(entry[1])
end

local CONSTANTS = { [0xc2] = false, [0xc3] = true }

local function marked_at(data, position, mark, slots)
  local entry = NUMBERS[mark]
  if entry then
    at_least(entry[1], data, position)
    return entry[2](data, position), position + entry[1]
  end
  entry = SIZED[mark]
  if entry then
    at_least(entry[1], data, position)
    return entry[2](data, position + entry[1], entry[3](data, position), slots)
  elseif mark >= 0xc0 and mark <= 0xc3 and mark ~= 0xc1 then
    return CONSTANTS[mark], position
  end
  fail("Bad data format in input.")
end

-- `slots` is how many values the original would hold by now, which it may not do without end.
function value_at(data, position, slots)
  local mark = byte(data, position)
  if not mark then
    missing()
  end
  check_room(slots, "too many return values at once; use unpack_one or unpack_limit instead.")
  position = position + 1
  if mark < 0x80 then
    return mark, position
  elseif mark >= 0xe0 then
    return mark - 0x100, position
  elseif mark >= 0xc0 then
    return marked_at(data, position, mark, slots)
  elseif mark >= 0xa0 then
    return text_at(data, position, mark - 0xa0)
  elseif mark >= 0x90 then
    return array_at(data, position, mark - 0x90, slots)
  end
  return map_at(data, position, mark - 0x80, slots)
end

-- All values; or at most `limit` of them from an offset on, and before them the offset of the next, -1 at
-- the end.
local function unpack_from(data, limit, offset)
  if offset < 0 or limit < 0 then
    -- What it calls the limit is the length, and what it prints of an offset are 32 bits.
    fail("Invalid request to unpack with offset of " .. int(offset) .. " and limit of " .. #data .. ".")
  elseif offset > #data then
    fail("Start offset " .. int(offset) .. " greater than input length " .. #data .. ".")
  end
  local everything = limit == 0 and offset == 0
  local values, n, position = {}, 0, offset + 1
  while position <= #data and (everything or n < limit) do
    values[n + 1], position = value_at(data, position, n + 1)
    n = n + 1
  end
  if everything then
    return unpack(values, 1, n)
  end
  return position > #data and -1 or position - 1, unpack(values, 1, n)
end

local function unpack_all(...)
  return unpack_from(calling.text(1, select("#", ...), (...)), 0, 0)
end

local function optional(argument, count, value)
  return value == nil and 0 or calling.long(argument, count, value)
end

local function unpack_one(...)
  local count, data, offset = select("#", ...), ...
  offset = optional(2, count, offset)
  return unpack_from(calling.text(1, count, data), 1, offset)
end

local function unpack_limit(...)
  local count, data, limit, offset = select("#", ...), ...
  limit, offset = calling.long(2, count, limit), optional(3, count, offset)
  return unpack_from(calling.text(1, count, data), limit, offset)
end

return {
  _NAME = "cmsgpack",
  _VERSION = "lua-cmsgpack 0.4.0",
  _COPYRIGHT = "Copyright (C) 2012, Salvatore Sanfilippo",
  _DESCRIPTION = "MessagePack C implementation for Lua",
  pack = calling.public(pack),
  unpack = calling.public(unpack_all),
  unpack_one = calling.public(unpack_one),
  unpack_limit = calling.public(unpack_limit),
}
