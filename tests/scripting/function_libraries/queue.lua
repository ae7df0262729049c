#!lua name=queue
-- Jobs with priorities and retries.
local function job_key(id) return 'job:' .. id end

redis.register_function('enqueue', function(keys, args)
  local id = redis.call('INCR', keys[1] .. ':last')
  redis.call('HSET', job_key(id), 'payload', args[2], 'tries', 0)
  redis.call('ZADD', keys[1], args[1], id)
  return id
end)

redis.register_function('dequeue', function(keys)
  local popped = redis.call('ZPOPMIN', keys[1])
  if #popped == 0 then return nil end
  local id = popped[1]
  redis.call('HINCRBY', job_key(id), 'tries', 1)
  redis.call('RPUSH', keys[1] .. ':running', id)
  return {id, redis.call('HGET', job_key(id), 'payload')}
end)

redis.register_function('failed', function(keys, args)
  if redis.call('LREM', keys[1] .. ':running', 1, args[1]) == 0 then
    return redis.error_reply('NOJOB it does not run')
  end
  local tries = tonumber(redis.call('HGET', job_key(args[1]), 'tries'))
  if tries >= 2 then
    redis.call('RENAME', job_key(args[1]), 'dead:' .. args[1])
    return 'dead'
  end
  redis.call('ZADD', keys[1], 100, args[1])
  return 'again'
end)

--> FCALL enqueue 1 q 5 low
--> FCALL enqueue 1 q 1 high
--> FCALL dequeue 1 q
--> FCALL failed 1 q 2
--> FCALL dequeue 1 q
--> FCALL dequeue 1 q
--> FCALL failed 1 q 2
--> FCALL failed 1 q 2
--> FCALL dequeue 1 q
--> FCALL enqueue 1 q nan x
--> FCALL enqueue 1 q word x
