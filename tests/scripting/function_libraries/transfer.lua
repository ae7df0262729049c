#!lua name=transfer
-- Money moves, or nothing does; errors are caught and told in other words.
local function balance(account)
  local amount = redis.call('GET', account)
  if not amount then error({err = 'NOACCOUNT ' .. account}) end
  return tonumber(amount)
end

redis.register_function('transfer', function(keys, args)
  local amount = tonumber(args[1])
  if not amount or amount <= 0 then return redis.error_reply('amount makes no sense') end
  if balance(keys[1]) < amount then return redis.error_reply('-FUNDS too little') end
  balance(keys[2])
  redis.call('DECRBY', keys[1], amount)
  redis.call('INCRBY', keys[2], amount)
  return {balance(keys[1]), balance(keys[2])}
end)

redis.register_function('careful', function(keys, args)
  local reply = redis.pcall('INCRBY', keys[1], args[1])
  if type(reply) == 'table' and reply.err then return {'refused', reply.err} end
  return reply
end)

--> MSET a 100 b 0 text x
--> FCALL transfer 2 a b 30
--> FCALL transfer 2 a b 300
--> FCALL transfer 2 a c 3
--> FCALL transfer 2 a b -3
--> FCALL transfer 2 a text 3
--> MGET a b
--> FCALL careful 1 a 5
--> FCALL careful 1 text 5
--> FCALL careful 1 a 5.5
--> FCALL transfer 1 a 5
