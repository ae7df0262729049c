#!lua name=matrix
local function read(key, columns)
  local rows = {}
  for place, text in ipairs(redis.call('LRANGE', key, 0, -1)) do
    local row = math.floor((place - 1) / columns) + 1
    rows[row] = rows[row] or {}
    rows[row][#rows[row] + 1] = tonumber(text)
  end
  return rows
end

local function product(a, b)
  local result = {}
  for i = 1, #a do
    result[i] = {}
    for j = 1, #b[1] do
      local sum = 0
      for k = 1, #b do sum = sum + a[i][k] * b[k][j] end
      result[i][j] = sum
    end
  end
  return result
end

redis.register_function{function_name = 'multiply', flags = {'no-writes'}, callback = function(keys, args)
  return product(read(keys[1], args[1]), read(keys[2], args[2]))
end}
redis.register_function{function_name = 'transpose', flags = {'no-writes'}, callback = function(keys, args)
  local turned = {}
  for i, row in ipairs(read(keys[1], args[1])) do
    for j, cell in ipairs(row) do
      turned[j] = turned[j] or {}
      turned[j][i] = cell
    end
  end
  return turned
end}

--> RPUSH a 1 2 3 4 5 6
--> RPUSH b 7 8 9 10 11 12
--> FCALL multiply 2 a b 3 2
--> FCALL_RO transpose 1 a 3
--> FCALL multiply 2 a b 2 3
--> FCALL multiply 2 a b 3 3
--> FCALL multiply 2 a nothing 3 2
--> FCALL transpose 1 a
