#!lua name=documents
-- JSON documents with paths of names and indexes.

local function parsed(key)
  local text = redis.call('GET', key)
  return text and cjson.decode(text) or {}
end

local function walk(document, path)
  local place = document
  for word in path:gmatch('[^.]+') do
    if type(place) ~= 'table' then return nil end
    place = place[tonumber(word) or word]
  end
  return place
end

redis.register_function('doc_get', function(keys, args)
  local found = walk(parsed(keys[1]), args[1])
  if found == nil or found == cjson.null then return false end
  return type(found) == 'table' and cjson.encode(found) or tostring(found)
end)

redis.register_function('doc_push', function(keys, args)
  local document = parsed(keys[1])
  for _, item in ipairs(args) do document[#document + 1] = cjson.decode(item) end
  redis.call('SET', keys[1], cjson.encode(document))
  return #document
end)

redis.register_function('doc_sum', function(keys)
  local sum = 0
  for _, item in ipairs(parsed(keys[1])) do sum = sum + item end
  return tostring(sum)
end)

--> FCALL doc_push 1 list 1 2.5 -3
--> GET list
--> FCALL doc_sum 1 list
--> FCALL doc_get 1 list 2
--> SET deep {"a":{"b":[10,{"c":"found"},null,true]}}
--> FCALL doc_get 1 deep a.b.2.c
--> FCALL doc_get 1 deep a.b.1
--> FCALL doc_get 1 deep a.b.3
--> FCALL doc_get 1 deep a.b.4
--> FCALL doc_get 1 deep a.b.9.x
--> FCALL doc_get 1 deep a.b.2
--> SET broken {"a":
--> FCALL doc_get 1 broken a
--> FCALL doc_push 1 list {]
