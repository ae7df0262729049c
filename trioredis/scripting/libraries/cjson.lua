-- The library `cjson`: JSON to values and back, as version 2.1.0 of Lua CJSON, and its settings.
--
-- See https://www.kyne.com.au/~mark/software/lua-cjson-manual.html. The settings last as long as the
-- library does; `cjson.new` makes one with settings of its own.

local calling, encode, decode, null = ...

local format, next, type, unpack = string.format, next, type, table.unpack
local blame, public = calling.blame, calling.public

local INT_MAX = 2 ^ 31 - 1

-- Settings: called without an argument, or with nil, they tell what is set.

local function integer_setting(name, lowest, highest)
  return function(config, argument, value)
    if value ~= nil then
      value = calling.integer(argument, argument, value)
      if value < lowest or value > highest then
        blame(1, format("expected integer between %d and %d", lowest, highest))
      end
      config[name] = value
    end
    return config[name]
  end
end

local function choice_setting(name, choices)
  return function(config, argument, value)
    if type(value) == "boolean" then
      config[name] = value
    elseif value ~= nil then
      local word = calling.text(argument, argument, value)
      if choices[word] == nil then
        blame(argument, "invalid option '" .. word .. "'")
      end
      config[name] = choices[word]
    end
    return config[name]
  end
end

local SWITCH = { on = true, off = false }

local SETTINGS = {
  encode_max_depth = { integer_setting("encode_max_depth", 1, INT_MAX) },
  decode_max_depth = { integer_setting("decode_max_depth", 1, INT_MAX) },
  encode_number_precision = { integer_setting("encode_number_precision", 1, 14) },
  encode_keep_buffer = { choice_setting("encode_keep_buffer", SWITCH) },
  encode_invalid_numbers = {
    choice_setting("encode_invalid_numbers", { on = true, off = false, null = "null" }),
  },
  decode_invalid_numbers = { choice_setting("decode_invalid_numbers", SWITCH) },
  encode_sparse_array = {
    choice_setting("encode_sparse_convert", SWITCH),
    integer_setting("encode_sparse_ratio", 0, INT_MAX),
    integer_setting("encode_sparse_safe", 0, INT_MAX),
  },
}

local function setting(parts, config)
  local count = #parts
  return public(function(...)
    calling.at_most(count, ...)
    local values = { ... }
    for i = 1, count do
      values[i] = parts[i](config, i, values[i])
    end
    return unpack(values, 1, count)
  end)
end

local function new()
  local config = {
    encode_sparse_convert = false,
    encode_sparse_ratio = 2,
    encode_sparse_safe = 10,
    encode_max_depth = 1000,
    decode_max_depth = 1000,
    encode_number_precision = 14,
    encode_keep_buffer = true,
    encode_invalid_numbers = false,
    decode_invalid_numbers = true,
  }
  local cjson = { _NAME = "cjson", _VERSION = "2.1.0", null = null, new = new }
  for name, parts in next, SETTINGS do
    cjson[name] = setting(parts, config)
  end
  cjson.encode = public(function(...) return encode(config, ...) end)
  cjson.decode = public(function(...) return decode(config, ...) end)
  return cjson
end

return new()
