#!lua name=protocols
-- Replies of either protocol, as a function sees them and as it gives them.
redis.register_function('kinds', function(keys, args)
  redis.setresp(tonumber(args[1]))
  redis.call('HSET', keys[1], 'f', 'v')
  local reply = redis.call('HGETALL', keys[1])
  if reply.map then return {'map', reply.map.f} end
  return {'array', #reply}
end)
redis.register_function('raw', function(keys, args)
  redis.setresp(tonumber(args[1]))
  redis.call('HSET', keys[1], 'f', 'v')
  return redis.call('HGETALL', keys[1])
end)
redis.register_function('members', function(keys, args)
  redis.setresp(tonumber(args[1]))
  redis.call('SADD', keys[2], 'm')
  return redis.call('SMEMBERS', keys[2])
end)
redis.register_function('score', function(keys, args)
  redis.setresp(tonumber(args[1]))
  redis.call('ZADD', keys[3], 1.5, 'm')
  return redis.call('ZSCORE', keys[3], 'm')
end)
redis.register_function('booleans', function(_, args)
  redis.setresp(tonumber(args[1]))
  return {true, false, 1}
end)
redis.register_function('given', function(_, args)
  local forms = {
    map = {map = {k = 1}}, set = {set = {m = true}}, double = {double = 2.5}, big = {big_number = '12345678901234567890'},
    verbatim = {verbatim_string = {format = 'txt', string = 'text'}}, status = {ok = 'fine'}, failure = {err = 'OWN error'},
  }
  return forms[args[1]]
end)

--> FCALL kinds 1 h 2
--> FCALL kinds 1 h 3
--> FCALL kinds 1 h 2
--> FCALL raw 1 h 2
--> FCALL raw 1 h 3
--> FCALL members 2 h s 2
--> FCALL members 2 h s 3
--> FCALL score 3 h s z 2
--> FCALL score 3 h s z 3
--> FCALL booleans 0 2
--> FCALL booleans 0 3
--> FCALL given 0 map
--> FCALL given 0 set
--> FCALL given 0 double
--> FCALL given 0 big
--> FCALL given 0 verbatim
--> FCALL given 0 status
--> FCALL given 0 failure
--> FCALL given 0 nothing
--> FCALL raw 1 h 4
