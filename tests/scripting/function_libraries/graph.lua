#!lua name=graph
-- Breadth first over sets of neighbours.

local function neighbours(node)
  local found = redis.call('SMEMBERS', 'edges:' .. node)
  table.sort(found)
  return found
end

local function reach(start, limit)
  local order, seen, queue = {}, {[start] = true}, {start}
  while #queue > 0 and #order < limit do
    local node = table.remove(queue, 1)
    order[#order + 1] = node
    for _, other in ipairs(neighbours(node)) do
      if not seen[other] then
        seen[other] = true
        queue[#queue + 1] = other
      end
    end
  end
  return order
end

local function depth(node, seen)
  if seen[node] then return 0 end
  seen[node] = true
  local deepest = 0
  for _, other in ipairs(neighbours(node)) do
    deepest = math.max(deepest, depth(other, seen))
  end
  return deepest + 1
end

redis.register_function('connect', function(_, args)
  for place = 1, #args - 1 do redis.call('SADD', 'edges:' .. args[place], args[place + 1]) end
  return redis.status_reply('CONNECTED')
end)
redis.register_function{function_name = 'reach', flags = {'no-writes'},
  callback = function(keys, args) return reach(keys[1], tonumber(args[1] or 100)) end}
redis.register_function{function_name = 'depth', flags = {'no-writes'},
  callback = function(keys) return depth(keys[1], {}) end}

--> FCALL connect 0 a b c d
--> FCALL connect 0 a e d a
--> FCALL connect 0 f
--> FCALL reach 1 a
--> FCALL_RO reach 1 c
--> FCALL reach 1 a 2
--> FCALL depth 1 a
--> FCALL_RO depth 1 nowhere
