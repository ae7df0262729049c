#!lua name=locks
redis.register_function('lock', function(keys, args)
  return redis.call('SET', keys[1], args[1], 'NX', 'PXAT', 4000000000000) and 1 or 0
end)
redis.register_function('unlock', function(keys, args)
  if redis.call('GET', keys[1]) == args[1] then return redis.call('DEL', keys[1]) end
  return 0
end)
redis.register_function('extend', function(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return redis.error_reply('NOTYOURS') end
  return redis.call('PEXPIREAT', keys[1], args[2])
end)

--> FCALL lock 1 door me
--> FCALL lock 1 door you
--> FCALL unlock 1 door you
--> FCALL extend 1 door you 4000000000001
--> FCALL extend 1 door me 4000000000001
--> PEXPIRETIME door
--> FCALL unlock 1 door me
--> FCALL unlock 1 door me
--> FCALL lock 1 door you
