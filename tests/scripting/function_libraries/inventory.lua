#!lua name=inventory
-- Reserve all or nothing; the first item that is short is named.
local function stock(key, item) return tonumber(redis.call('HGET', key, item) or 0) end

redis.register_function('reserve', function(keys, args)
  if #args % 2 ~= 0 then return redis.error_reply('PAIRS an item and a number, please') end
  for place = 1, #args, 2 do
    if stock(keys[1], args[place]) < tonumber(args[place + 1]) then
      return {err = 'SHORT ' .. args[place]}
    end
  end
  local order = redis.call('INCR', keys[2])
  for place = 1, #args, 2 do
    redis.call('HINCRBY', keys[1], args[place], -args[place + 1])
    redis.call('HSET', 'order:' .. order, args[place], args[place + 1])
  end
  return order
end)

redis.register_function('cancel', function(keys, args)
  local order = 'order:' .. args[1]
  local lines = redis.call('HGETALL', order)
  for place = 1, #lines, 2 do redis.call('HINCRBY', keys[1], lines[place], lines[place + 1]) end
  return redis.call('DEL', order)
end)

--> HSET stock tea 5 cup 1
--> FCALL reserve 2 stock orders tea 2 cup 1
--> FCALL reserve 2 stock orders tea 2 cup 1
--> FCALL reserve 2 stock orders tea
--> FCALL cancel 1 stock 1
--> FCALL cancel 1 stock 1
--> HGETALL stock
--> FCALL reserve 2 stock orders tea many
--> FCALL reserve 1 stock tea 1
