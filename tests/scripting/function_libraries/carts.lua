#!lua name=carts
local Cart = {}
Cart.__index = Cart

local function open(key)
  return setmetatable({key = key}, Cart)
end

function Cart:add(item, count)
  local now = redis.call('HINCRBY', self.key, item, count)
  if now <= 0 then redis.call('HDEL', self.key, item) return 0 end
  return now
end

function Cart:total(prices)
  local sum = 0
  for _, item in ipairs(redis.call('HKEYS', self.key)) do
    local price = redis.call('HGET', prices, item)
    if not price then return redis.error_reply('NOPRICE ' .. item) end
    sum = sum + price * redis.call('HGET', self.key, item)
  end
  return sum
end

redis.register_function('cart_add', function(keys, args) return open(keys[1]):add(args[1], args[2]) end)
redis.register_function('cart_total', function(keys) return open(keys[1]):total(keys[2]) end)

--> HSET prices tea 3 cup 7
--> FCALL cart_add 1 cart tea 2
--> FCALL cart_add 1 cart cup 1
--> FCALL cart_total 2 cart prices
--> FCALL cart_add 1 cart cup -1
--> FCALL cart_total 2 cart prices
--> FCALL cart_add 1 cart hat 1
--> FCALL cart_total 2 cart prices
--> FCALL cart_total 1 cart
