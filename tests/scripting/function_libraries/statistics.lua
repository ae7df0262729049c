#!lua name=statistics
local function values(key)
  local numbers = {}
  for place, text in ipairs(redis.call('LRANGE', key, 0, -1)) do numbers[place] = tonumber(text) end
  table.sort(numbers)
  return numbers
end

local function mean(numbers)
  local sum = 0
  for _, number in ipairs(numbers) do sum = sum + number end
  return sum / #numbers
end

local function register(name, compute)
  redis.register_function{function_name = name, flags = {'no-writes'}, callback = function(keys)
    local numbers = values(keys[1])
    if #numbers == 0 then return nil end
    return string.format('%.3f', compute(numbers))
  end}
end

register('mean', mean)
register('median', function(numbers) return numbers[math.ceil(#numbers / 2)] end)
register('spread', function(numbers) return numbers[#numbers] - numbers[1] end)
register('deviation', function(numbers)
  local middle, sum = mean(numbers), 0
  for _, number in ipairs(numbers) do sum = sum + (number - middle) ^ 2 end
  return math.sqrt(sum / #numbers)
end)

--> RPUSH numbers 3 1 4 1 5 9 2 6
--> FCALL mean 1 numbers
--> FCALL_RO median 1 numbers
--> FCALL spread 1 numbers
--> FCALL deviation 1 numbers
--> FCALL mean 1 none
--> SET text x
--> FCALL mean 1 text
--> RPUSH numbers nan
--> RPUSH words x
--> FCALL mean 1 words
