#!lua name=events
redis.register_function('emit', function(keys, args)
  local id = redis.call('XADD', keys[1], 'MAXLEN', 3, args[1] .. '-1', 'kind', args[2])
  return {id, redis.call('XLEN', keys[1])}
end)
redis.register_function{function_name = 'kinds_of', flags = {'no-writes'}, callback = function(keys)
  local kinds = {}
  for place, entry in ipairs(redis.call('XRANGE', keys[1], '-', '+')) do
    kinds[place] = entry[1] .. '=' .. entry[2][2]
  end
  return kinds
end}

--> FCALL emit 1 log 1 start
--> FCALL emit 1 log 2 work
--> FCALL emit 1 log 2 work
--> FCALL emit 1 log 3 work
--> FCALL emit 1 log 4 stop
--> FCALL_RO kinds_of 1 log
--> FCALL emit 1 log x y
