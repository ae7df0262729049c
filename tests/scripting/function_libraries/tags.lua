#!lua name=tags
local function tag_key(tag) return 'tag:' .. tag end
local function item_key(item) return 'item:' .. item end

local function each(list, act)
  local sum = 0
  for _, value in ipairs(list) do sum = sum + act(value) end
  return sum
end

redis.register_function('tag', function(_, args)
  local item = table.remove(args, 1)
  return each(args, function(tag)
    redis.call('SADD', item_key(item), tag)
    return redis.call('SADD', tag_key(tag), item)
  end)
end)

redis.register_function('untag_all', function(_, args)
  local removed = each(redis.call('SMEMBERS', item_key(args[1])), function(tag)
    return redis.call('SREM', tag_key(tag), args[1])
  end)
  redis.call('DEL', item_key(args[1]))
  return removed
end)

redis.register_function{function_name = 'tagged', flags = {'no-writes'}, callback = function(_, args)
  local tags = {}
  for place, tag in ipairs(args) do tags[place] = tag_key(tag) end
  local found = redis.call('SINTER', unpack(tags))
  table.sort(found)
  return found
end}

--> FCALL tag 0 book red old
--> FCALL tag 0 car red new
--> FCALL tag 0 book red
--> FCALL tagged 0 red
--> FCALL_RO tagged 0 red old
--> FCALL untag_all 0 book
--> FCALL tagged 0 red
--> FCALL tagged 0
--> FCALL tag 0
