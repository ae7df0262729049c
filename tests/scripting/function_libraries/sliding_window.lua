#!lua name=slidingwindow
redis.register_function('allow', function(keys, args)
  local now, window, limit, id = tonumber(args[1]), tonumber(args[2]), tonumber(args[3]), args[4]
  redis.call('ZREMRANGEBYSCORE', keys[1], 0, now - window)
  local used = redis.call('ZCARD', keys[1])
  if used >= limit then
    local oldest = redis.call('ZRANGE', keys[1], 0, 0, 'WITHSCORES')[2]
    return {0, oldest + window - now}
  end
  redis.call('ZADD', keys[1], now, id)
  return {1, limit - used - 1}
end)

--> FCALL allow 1 w 1000 10 2 a
--> FCALL allow 1 w 1004 10 2 b
--> FCALL allow 1 w 1005 10 2 c
--> FCALL allow 1 w 1010 10 2 c
--> FCALL allow 1 w 1010 10 2 d
--> ZRANGE w 0 -1 WITHSCORES
--> FCALL allow 1 w
