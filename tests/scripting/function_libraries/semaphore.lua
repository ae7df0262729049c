#!lua name=semaphore
-- So many holders at once; who lets it lapse has lost it. The clock is the caller's.
local function holders(key, now)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. now)
  return redis.call('ZCARD', key)
end

redis.register_function('acquire', function(keys, args)
  local who, limit, now, seconds = unpack(args)
  if redis.call('ZSCORE', keys[1], who) then
    redis.call('ZADD', keys[1], 'XX', 'GT', now + seconds, who)
    return redis.status_reply('RENEWED')
  end
  if holders(keys[1], now) >= tonumber(limit) then return false end
  redis.call('ZADD', keys[1], now + seconds, who)
  return redis.status_reply('ACQUIRED')
end)

redis.register_function('release', function(keys, args) return redis.call('ZREM', keys[1], args[1]) end)
redis.register_function{function_name = 'held_by', flags = {'no-writes'}, callback = function(keys)
  return redis.call('ZRANGE', keys[1], 0, -1)
end}

--> FCALL acquire 1 sem a 2 100 10
--> FCALL acquire 1 sem b 2 101 10
--> FCALL acquire 1 sem c 2 102 10
--> FCALL acquire 1 sem a 2 103 10
--> FCALL acquire 1 sem c 2 112 10
--> FCALL_RO held_by 1 sem
--> FCALL release 1 sem a
--> FCALL release 1 sem z
--> FCALL acquire 1 sem d 2 soon 10
--> FCALL_RO acquire 1 sem d 2 1 10
