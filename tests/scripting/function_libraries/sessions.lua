#!lua name=sessions
local LIFETIME = 3600

redis.register_function('open_session', function(keys, args)
  if redis.call('EXISTS', keys[1]) == 1 then return {err = 'BUSYSESSION it is open'} end
  redis.call('HSET', keys[1], 'user', args[1], 'opened', args[2])
  redis.call('EXPIREAT', keys[1], args[2] + 4000000000)
  redis.call('SADD', keys[2], keys[1])
  return {ok = 'OPENED'}
end)

redis.register_function('close_all', function(keys)
  local closed = 0
  for _, session in ipairs(redis.call('SMEMBERS', keys[1])) do
    closed = closed + redis.call('DEL', session)
  end
  redis.call('DEL', keys[1])
  return closed
end)

redis.register_function{function_name = 'whose', flags = {'no-writes', 'no-cluster'}, callback = function(keys)
  local owner = redis.call('HGET', keys[1], 'user')
  return owner or nil
end}

--> FCALL open_session 2 s:1 sessions ann 0
--> FCALL open_session 2 s:1 sessions ann 0
--> FCALL open_session 2 s:2 sessions bob 5
--> FCALL open_session 1 s:3 cid 0
--> FCALL_RO whose 1 s:2
--> FCALL_RO whose 1 s:9
--> EXPIRETIME s:2
--> FCALL close_all 1 sessions
--> FCALL close_all 1 sessions
--> TYPE sessions
