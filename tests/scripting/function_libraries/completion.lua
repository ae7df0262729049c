#!lua name=completion
-- Words by their beginning, in one sorted set in which all scores are the same.
local MOST = 3

local function beyond(prefix)
  return prefix .. '\255'
end

redis.register_function('learn', function(keys, args)
  local learnt = 0
  for _, word in ipairs(args) do
    learnt = learnt + redis.call('ZADD', keys[1], 0, word:lower())
  end
  return learnt
end)

redis.register_function{
  function_name = 'complete',
  description = 'Words that begin so.',
  flags = {'no-writes', 'allow-stale'},
  callback = function(keys, args)
    local prefix = args[1]:lower()
    return redis.call('ZRANGEBYLEX', keys[1], '[' .. prefix, '[' .. beyond(prefix), 'LIMIT', 0, MOST)
  end,
}

--> FCALL learn 1 words Apple apply apt apricot banana Band
--> FCALL learn 1 words apple
--> FCALL complete 1 words ap
--> FCALL_RO complete 1 words BAN
--> FCALL complete 1 words x
--> FCALL complete 1 nothing a
--> FCALL complete 1 words
