#!lua name=votes
local function score(up, down) return up - down end
local VALUES = {up = 1, down = -1}

redis.register_function('vote', function(keys, args)
  local voter, choice = args[1], args[2]
  if not VALUES[choice] then return redis.error_reply('CHOICE up or down') end
  local before = redis.call('HGET', keys[1], voter)
  if before == choice then return 0 end
  redis.call('HSET', keys[1], voter, choice)
  local change = VALUES[choice] - (before and VALUES[before] or 0)
  redis.call('ZINCRBY', keys[2], change, keys[1])
  return change
end)
redis.register_function{function_name = 'tally', flags = {'no-writes'}, callback = function(keys)
  local up, down = 0, 0
  for _, choice in ipairs(redis.call('HVALS', keys[1])) do
    if choice == 'up' then up = up + 1 else down = down + 1 end
  end
  return {up, down, score(up, down)}
end}

--> FCALL vote 2 post rank ann up
--> FCALL vote 2 post rank ann up
--> FCALL vote 2 post rank ann down
--> FCALL vote 2 post rank bob down
--> FCALL vote 2 post rank bob sideways
--> FCALL_RO tally 1 post
--> ZSCORE rank post
--> FCALL vote 1 post cid up
