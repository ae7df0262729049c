-- How `cjson` writes: values to JSON.
--
-- Tables are arrays if their keys are positive integers that are dense enough, else objects. Text is bytes:
-- only what has to be escaped is looked at, so invalid UTF-8 passes through. The text is put together from
-- pieces, at the very end.

local calling, null = ...

local char, find, format, gsub = string.char, string.find, string.format, string.gsub
local concat, floor, huge, next, rawget, select, type =
  table.concat, math.floor, math.huge, next, rawget, select, type
local blame, fail = calling.blame, calling.fail

local INT_MAX = 2 ^ 31 - 1
-- As many values as a function of C may hold; an array being encoded takes one, an object two.
local SLOTS = 8000

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["/"] = "\\/", ["\127"] = "\\u007f" }
for code = 0, 31 do
  ESCAPES[char(code)] = format("\\u%04x", code)
end
for letter, escaped in next, { b = "\b", t = "\t", n = "\n", f = "\f", r = "\r" } do
  ESCAPES[escaped] = "\\" .. letter
end

local NUMBER_FORMATS = {}
for digits = 1, 14 do
  NUMBER_FORMATS[digits] = "%." .. digits .. "g"
end

local function quoted(text)
  if find(text, '[%c"\\/]') then
    text = gsub(text, '[%c"\\/]', ESCAPES)
  end
  return '"' .. text .. '"'
end

local function refuse(value, reason)
  fail("Cannot serialise " .. type(value) .. ": " .. reason)
end

-- How long an array is; nothing of a table that is to be an object.
local function array_length(value, config)
  local longest, items = 0, 0
  for key, item in next, value do
    if type(key) ~= "number" or key < 1 or floor(key) ~= key then
      return nil
    end
    if key > longest then
      -- A key that does not fit into an integer of C turns into the smallest one.
      longest = key <= INT_MAX and key or -INT_MAX - 1
    end
    items = items + 1
  end
  local ratio = config.encode_sparse_ratio
  if ratio > 0 and longest > items * ratio and longest > config.encode_sparse_safe then
    if not config.encode_sparse_convert then
      refuse(value, "excessively sparse array")
    end
    return nil
  end
  return longest > 0 and longest or nil
end

local function number_text(value, config)
  if value ~= value or value == huge or value == -huge then
    local mode = config.encode_invalid_numbers
    if not mode then
      refuse(value, "must not be NaN or Inf")
    elseif mode == "null" then
      return "null"
    elseif value ~= value then
      return "nan"
    end
  end
  return format(NUMBER_FORMATS[config.encode_number_precision], value)
end

local function key_text(key, config)
  local kind = type(key)
  if kind == "string" then
    return quoted(key)
  elseif kind == "number" then
    return '"' .. number_text(key, config) .. '"'
  end
  refuse(key, "table key must be a number or string")
end

local append

local function append_array(out, n, value, length, config, depth, slots)
  out[n + 1], n = "[", n + 1
  for i = 1, length do
    if i > 1 then
      out[n + 1], n = ",", n + 1
    end
    n = append(out, n, rawget(value, i), config, depth, slots + 1)
  end
  out[n + 1] = "]"
  return n + 1
end

local function append_object(out, n, value, config, depth, slots)
  out[n + 1], n = "{", n + 1
  local separator = ""
  for key, item in next, value do
    out[n + 1], out[n + 2], out[n + 3] = separator, key_text(key, config), ":"
    n = append(out, n + 3, item, config, depth, slots + 2)
    separator = ","
  end
  out[n + 1] = "}"
  return n + 1
end

-- Appends the text of a value to the `n` pieces there are, and returns how many there are then.
function append(out, n, value, config, depth, slots)
  local kind = type(value)
  local text
  if kind == "string" then
    text = quoted(value)
  elseif kind == "number" then
    text = number_text(value, config)
  elseif kind == "boolean" then
    text = value and "true" or "false"
  elseif kind == "table" then
    depth = depth + 1
    if depth > config.encode_max_depth or slots + 3 > SLOTS then
      fail("Cannot serialise, excessive nesting (" .. depth .. ")")
    end
    local length = array_length(value, config)
    if length then
      return append_array(out, n, value, length, config, depth, slots)
    end
    return append_object(out, n, value, config, depth, slots)
  elseif value == nil or value == null then
    text = "null"
  else
    refuse(value, "type not supported")
  end
  out[n + 1] = text
  return n + 1
end

local function encode(config, ...)
  if select("#", ...) ~= 1 then
    blame(1, "expected 1 argument")
  end
  local out = {}
  local n = append(out, 0, ..., config, 0, 1)
  return concat(out, "", 1, n)
end

return encode
