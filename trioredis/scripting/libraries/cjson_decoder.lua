-- How `cjson` reads: JSON to values.
--
-- A parser by recursive descent. It says what it expected, what it found, and where: finding out what is
-- there takes a second look, which only an error pays for. It ends at a zero byte, and a number is what
-- `strtod` of C takes for one, as long as `decode_invalid_numbers` is set. A position is that of a byte,
-- counted from 1; the position that follows what was read is what a function returns last.

local calling, bits, null = ...

local byte, char, find, lower, sub = string.byte, string.char, string.find, string.lower, string.sub
local concat, floor, huge, select, tonumber, type =
  table.concat, math.floor, math.huge, select, tonumber, type
local blame, fail = calling.blame, calling.fail

-- As many values as a function of C may hold; an array being decoded takes one, an object two.
local SLOTS = 8000

local SINGLE = {
  [123] = "T_OBJ_BEGIN",
  [125] = "T_OBJ_END",
  [91] = "T_ARR_BEGIN",
  [93] = "T_ARR_END",
  [58] = "T_COLON",
  [44] = "T_COMMA",
  [0] = "T_END",
}
local UNESCAPED = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", t = "\t", n = "\n", f = "\f", r = "\r",
}

local WORDS = { t = { "true", true }, f = { "false", false }, n = { "null", null } }

local function expected(what, found, position)
  fail("Expected " .. what .. " but found " .. found .. " at character " .. position)
end

-- The byte that begins the next token, 0 at the end, and its position.
local function look(text, position)
  local code = byte(text, position)
  if code == 32 or code == 10 or code == 9 or code == 13 then
    position = find(text, "[^ \t\r\n]", position) or #text + 1
    code = byte(text, position)
  end
  return code or 0, position
end

-- UTF-8 of any code that four hexadecimal digits, or two times four, can name.
local function utf8(code)
  if code < 0x80 then
    return char(code)
  elseif code < 0x800 then
    return char(0xc0 + floor(code / 0x40), 0x80 + code % 0x40)
  elseif code < 0x10000 then
    return char(0xe0 + floor(code / 0x1000), 0x80 + floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return char(
    0xf0 + floor(code / 0x40000),
    0x80 + floor(code / 0x1000) % 0x40,
    0x80 + floor(code / 0x40) % 0x40,
    0x80 + code % 0x40
  )
end

local function code_unit(text, position)
  local start, stop = find(text, "^\\u%x%x%x%x", position)
  return start and tonumber(sub(text, start + 2, stop), 16)
end

-- The character that `\u` at a position stands for; nothing if it stands for none.
local function unicode_escape(text, position)
  local code = code_unit(text, position)
  if not code then
    return nil
  elseif code < 0xd800 or code > 0xdfff then
    return utf8(code), position + 6
  end
  local low = code < 0xdc00 and code_unit(text, position + 6)
  if not low or low < 0xdc00 or low > 0xdfff then
    return nil
  end
  return utf8((code - 0xd800) * 0x400 + low - 0xdc00 + 0x10000), position + 12
end

-- The character that an escape stands for.
local function escape(text, position, what)
  local letter = sub(text, position + 1, position + 1)
  if letter == "u" then
    local character, after = unicode_escape(text, position)
    if not character then
      expected(what, "invalid unicode escape code", position)
    end
    return character, after
  end
  local character = UNESCAPED[letter]
  if not character then
    expected(what, "invalid escape code", position)
  end
  return character, position + 2
end

local function string_with_escapes(text, position, what)
  local pieces, n = {}, 0
  position = position + 1
  while true do
    local stop = find(text, '["\\\0]', position) or #text + 1
    pieces[n + 1] = sub(text, position, stop - 1)
    local code = byte(text, stop)
    if code == 34 then
      return concat(pieces, "", 1, n + 1), stop + 1
    elseif code ~= 92 then
      expected(what, "unexpected end of string", stop)
    end
    pieces[n + 2], position = escape(text, stop, what)
    n = n + 2
  end
end

-- The string whose first quote is at a position. `what` was expected: an error says so.
local function string_at(text, position, what)
  local stop = find(text, '["\\\0]', position + 1)
  if stop and byte(text, stop) == 34 then
    return sub(text, position + 1, stop - 1), stop + 1
  end
  return string_with_escapes(text, position, what)
end

local function named_number(text, position)
  local name = lower(sub(text, position, position + 7))
  if name == "infinity" then
    return huge, position + 8
  elseif sub(name, 1, 3) == "inf" then
    return huge, position + 3
  elseif sub(name, 1, 3) == "nan" then
    local _, stop = find(text, "^%([%w_]*%)", position + 3)
    return bits.NAN, (stop or position + 2) + 1
  end
end

local function hexadecimal(text, position)
  local _, stop = find(text, "^0[xX]%x+%.?%x*", position)
  if not stop then
    _, stop = find(text, "^0[xX]%.%x+", position)
  end
  if stop then
    local _, exponent = find(text, "^[pP][+-]?%d+", stop + 1)
    stop = exponent or stop
    return tonumber(sub(text, position, stop)), stop + 1
  end
end

-- What C makes of the longest piece of text that is a number to it.
local function number_of_c(text, position)
  local _, sign = find(text, "^[+-]", position)
  local start = (sign or position - 1) + 1
  local value, after = hexadecimal(text, start)
  if not value then
    value, after = named_number(text, start)
  end
  if not value then
    local _, stop = find(text, "^%d+%.?%d*", start)
    if not stop then
      _, stop = find(text, "^%.%d+", start)
    end
    if not stop then
      return nil
    end
    local _, exponent = find(text, "^[eE][+-]?%d+", stop + 1)
    stop = exponent or stop
    value, after = tonumber(sub(text, start, stop)), stop + 1
  end
  if sub(text, position, start - 1) == "-" then
    value = -value
  end
  return value, after
end

-- Numbers that C reads and JSON has not.
local function is_invalid(text, position)
  return find(text, "^%+", position)
    or find(text, "^-?0[xX0-9]", position)
    or find(lower(sub(text, position, position + 3)), "^-?inf")
    or find(lower(sub(text, position, position + 3)), "^-?nan")
end

local function strange_number_at(text, position, what, config)
  local value, after
  if config.decode_invalid_numbers or not is_invalid(text, position) then
    value, after = number_of_c(text, position)
  end
  if not value then
    expected(what, "invalid number", position)
  end
  return value, after
end

local function number_at(text, position, what, config)
  local first, second = byte(text, position, position + 1)
  local _, stop = find(text, "^-?[1-9]%d*", position)
  if first == 48 and not (second and find(sub(text, position + 1, position + 1), "[xX%d]")) then
    stop = position
  end
  if stop then
    local code = byte(text, stop + 1)
    if code == 46 or code == 101 or code == 69 then
      _, stop = find(text, "^%.?%d*", stop + 1)
      local _, exponent = find(text, "^[eE][+-]?%d+", stop + 1)
      stop = exponent or stop
    end
    return tonumber(sub(text, position, stop)), stop + 1
  end
  return strange_number_at(text, position, what, config)
end

local function word_at(text, position, what, config)
  local word = WORDS[sub(text, position, position)]
  if word and sub(text, position, position + #word[1] - 1) == word[1] then
    return word[2], position + #word[1]
  elseif config.decode_invalid_numbers and is_invalid(text, position) then
    return strange_number_at(text, position, what, config)
  end
  expected(what, "invalid token", position)
end

-- Complains of the token at a position: of what it is, or of what is wrong with it.
local function unexpected(text, code, position, what, config)
  local name = SINGLE[code]
  if code == 34 then
    string_at(text, position, what)
    name = "T_STRING"
  elseif code == 45 or (code >= 48 and code <= 57) then
    number_at(text, position, what, config)
    name = "T_NUMBER"
  elseif not name then
    local value = word_at(text, position, what, config)
    name = value == null and "T_NULL" or type(value) == "number" and "T_NUMBER" or "T_BOOLEAN"
  end
  expected(what, name, position)
end

local value_at

local function check_depth(depth, slots, position, config)
  if depth > config.decode_max_depth or slots > SLOTS then
    fail("Found too many nested data structures (" .. depth .. ") at character " .. position)
  end
end

local function object_at(text, position, config, depth, slots)
  check_depth(depth, slots + 3, position, config)
  local object = {}
  local code, start = look(text, position + 1)
  if code == 125 then
    return object, start + 1
  end
  while true do
    if code ~= 34 then
      unexpected(text, code, start, "object key string", config)
    end
    local key, value
    key, start = string_at(text, start, "object key string")
    code, start = look(text, start)
    if code ~= 58 then
      unexpected(text, code, start, "colon", config)
    end
    object[key], start = value_at(text, start + 1, config, depth, slots + 2)
    code, start = look(text, start)
    if code == 125 then
      return object, start + 1
    elseif code ~= 44 then
      unexpected(text, code, start, "comma or object end", config)
    end
    code, start = look(text, start + 1)
  end
end

local function array_at(text, position, config, depth, slots)
  check_depth(depth, slots + 2, position, config)
  local array, length = {}, 0
  local code, start = look(text, position + 1)
  if code == 93 then
    return array, start + 1
  end
  while true do
    length = length + 1
    array[length], start = value_at(text, start, config, depth, slots + 1)
    code, start = look(text, start)
    if code == 93 then
      return array, start + 1
    elseif code ~= 44 then
      unexpected(text, code, start, "comma or array end", config)
    end
    start = start + 1
  end
end

function value_at(text, position, config, depth, slots)
  local code, start = look(text, position)
  if code == 34 then
    return string_at(text, start, "value")
  elseif code == 123 then
    return object_at(text, start, config, depth + 1, slots)
  elseif code == 91 then
    return array_at(text, start, config, depth + 1, slots)
  elseif code == 45 or (code >= 48 and code <= 57) then
    return number_at(text, start, "value", config)
  elseif SINGLE[code] then
    unexpected(text, code, start, "value", config)
  end
  return word_at(text, start, "value", config)
end

local function decode(config, ...)
  local count = select("#", ...)
  if count ~= 1 then
    blame(1, "expected 1 argument")
  end
  local text = calling.text(1, count, (...))
  local first, second = byte(text, 1, 2)
  if second and (first == 0 or second == 0) then
    fail("JSON parser does not support UTF-16 or UTF-32")
  end
  local value, after = value_at(text, 1, config, 0, 1)
  local code
  code, after = look(text, after)
  if code ~= 0 then
    unexpected(text, code, after, "the end", config)
  end
  return value
end

return decode
