#!lua name=counters
-- Counters by page, with a total.

local function bump(key, field, by)
  return redis.call('HINCRBY', key, field, by)
end

redis.register_function('hit', function(keys, args)
  bump(keys[1], 'total', 1)
  return bump(keys[1], args[1], args[2] or 1)
end)

redis.register_function{
  function_name = 'hits',
  callback = function(keys, args)
    local found = {}
    for place, page in ipairs(args) do
      found[place] = tonumber(redis.call('HGET', keys[1], page) or 0)
    end
    return found
  end,
  description = 'How often pages were hit.',
  flags = {'no-writes'},
}

--> FCALL hit 1 pages index
--> FCALL hit 1 pages index 5
--> FCALL hit 1 pages about
--> FCALL hits 1 pages index about nowhere total
--> FCALL_RO hits 1 pages total
--> FCALL_RO hit 1 pages index
--> FCALL hit 1 pages index many
--> FCALL hit 0
--> FCALL hit
--> FCALL hit 2 pages
