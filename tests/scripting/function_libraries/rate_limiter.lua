#!lua name=ratelimiter
-- A token bucket for each key; the clock is the caller's.

local function refilled(state, now, capacity, per_second)
  local tokens = tonumber(state[1]) or capacity
  local since = now - (tonumber(state[2]) or now)
  return math.min(capacity, tokens + since * per_second)
end

local function take(keys, args)
  local now, capacity, per_second = tonumber(args[1]), tonumber(args[2]), tonumber(args[3])
  local wanted = tonumber(args[4] or '1')
  local state = redis.call('HMGET', keys[1], 'tokens', 'at')
  local tokens = refilled(state, now, capacity, per_second)
  local granted = tokens >= wanted
  if granted then tokens = tokens - wanted end
  redis.call('HSET', keys[1], 'tokens', tostring(tokens), 'at', args[1])
  redis.call('EXPIREAT', keys[1], 4000000000)
  return {granted, math.floor(tokens)}
end

redis.register_function('take', take)
redis.register_function{function_name = 'peek_tokens', callback = function(keys)
  return redis.call('HGET', keys[1], 'tokens')
end, flags = {'no-writes', 'allow-stale'}}

--> FCALL take 1 bucket 100 3 1
--> FCALL take 1 bucket 100 3 1
--> FCALL take 1 bucket 100 3 1
--> FCALL take 1 bucket 100 3 1
--> FCALL take 1 bucket 101.5 3 1
--> FCALL take 1 bucket 110 3 1 3
--> FCALL_RO peek_tokens 1 bucket
--> FCALL take 1 bucket
--> FCALL take 1 bucket now 3 1
--> EXPIRETIME bucket
