#!lua name=leaderboard
local NAMES = 'names'

local function named(pairs_of_scores)
  local rows = {}
  for place = 1, #pairs_of_scores, 2 do
    local id, score = pairs_of_scores[place], pairs_of_scores[place + 1]
    rows[#rows + 1] = {id, redis.call('HGET', NAMES, id), score}
  end
  return rows
end

redis.register_function('score', function(keys, args)
  local id, name, points = unpack(args)
  redis.call('HSET', NAMES, id, name)
  return redis.call('ZINCRBY', keys[1], points, id)
end)

redis.register_function{function_name = 'top', flags = {'no-writes'}, callback = function(keys, args)
  return named(redis.call('ZREVRANGE', keys[1], 0, args[1] - 1, 'WITHSCORES'))
end}

redis.register_function{function_name = 'around', flags = {'no-writes'}, callback = function(keys, args)
  local rank = redis.call('ZREVRANK', keys[1], args[1])
  if not rank then return redis.error_reply('NOPLAYER nobody has that id') end
  local first = math.max(0, rank - 1)
  return {rank, named(redis.call('ZREVRANGE', keys[1], first, rank + 1, 'WITHSCORES'))}
end}

--> FCALL score 1 board 1 ann 10
--> FCALL score 1 board 2 bob 12.5
--> FCALL score 1 board 3 cid 7
--> FCALL score 1 board 1 ann 4
--> FCALL top 1 board 2
--> FCALL_RO top 1 board 10
--> FCALL around 1 board 2
--> FCALL around 1 board 9
--> FCALL top 1 board x
--> FCALL top 1 nowhere 3
