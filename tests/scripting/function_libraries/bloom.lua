#!lua name=bloom
-- A Bloom filter in a bitmap; the hash is made of SHA1.
local BITS, HASHES = 1024, 4

local function places(word)
  local digest, found = redis.sha1hex(word), {}
  for round = 1, HASHES do
    found[round] = tonumber(digest:sub(round * 4 - 3, round * 4), 16) % BITS
  end
  return found
end

redis.register_function('bloom_add', function(keys, args)
  local fresh = 0
  for _, word in ipairs(args) do
    for _, place in ipairs(places(word)) do
      if redis.call('SETBIT', keys[1], place, 1) == 0 then fresh = fresh + 1 end
    end
  end
  return fresh
end)

redis.register_function{function_name = 'bloom_has', flags = {'no-writes', 'allow-oom'}, callback = function(keys, args)
  for _, place in ipairs(places(args[1])) do
    if redis.call('GETBIT', keys[1], place) == 0 then return false end
  end
  return true
end}

--> FCALL bloom_add 1 filter apple pear
--> FCALL bloom_add 1 filter apple
--> FCALL bloom_has 1 filter apple
--> FCALL_RO bloom_has 1 filter plum
--> BITCOUNT filter
--> FCALL bloom_has 1 filter
