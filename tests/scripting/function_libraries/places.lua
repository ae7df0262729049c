#!lua name=places
redis.register_function('settle', function(keys, args)
  return redis.call('GEOADD', keys[1], args[1], args[2], args[3])
end)
redis.register_function{function_name = 'nearest', flags = {'no-writes', 'allow-cross-slot-keys'}, callback = function(keys, args)
  return redis.call('GEOSEARCH', keys[1], 'FROMMEMBER', args[1], 'BYRADIUS', args[2], 'km', 'ASC')
end}

--> FCALL settle 1 towns 13.361389 38.115556 palermo
--> FCALL settle 1 towns 15.087269 37.502669 catania
--> FCALL nearest 1 towns palermo 200
--> FCALL_RO nearest 1 towns palermo 100
--> FCALL nearest 1 towns rome 100
--> FCALL settle 1 towns 200 0 nowhere
