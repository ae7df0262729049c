#!lua name=timeline
-- Posts fan out to followers, each timeline cut to its newest.
local KEEP = 3

redis.register_function('post', function(keys, args)
  local id = redis.call('INCR', 'posts')
  redis.call('HSET', 'post:' .. id, 'by', args[1], 'text', args[2])
  local followers = redis.call('SMEMBERS', 'followers:' .. args[1])
  for _, follower in ipairs(followers) do
    local timeline = 'timeline:' .. follower
    redis.call('LPUSH', timeline, id)
    redis.call('LTRIM', timeline, 0, KEEP - 1)
  end
  return {id, #followers}
end)

redis.register_function{function_name = 'timeline', flags = {'no-writes'}, callback = function(_, args)
  local shown = {}
  for place, id in ipairs(redis.call('LRANGE', 'timeline:' .. args[1], 0, -1)) do
    shown[place] = table.concat(redis.call('HMGET', 'post:' .. id, 'by', 'text'), ': ')
  end
  return shown
end}

--> SADD followers:ann bob cid
--> FCALL post 0 ann one
--> FCALL post 0 ann two
--> FCALL post 0 bob unseen
--> FCALL post 0 ann three
--> FCALL post 0 ann four
--> FCALL timeline 0 bob
--> FCALL_RO timeline 0 dan
--> DEL post:2
--> FCALL timeline 0 cid
