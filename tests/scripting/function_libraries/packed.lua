#!lua name=packed
-- struct, cmsgpack and bit, as real libraries use them.
redis.register_function('pack', function(keys, args)
  local packed = struct.pack('>I2Bs', tonumber(args[1]), tonumber(args[2]), args[3])
  redis.call('SET', keys[1], packed)
  return #packed
end)
redis.register_function('unpacked', function(keys)
  local number, byte, text = struct.unpack('>I2Bs', redis.call('GET', keys[1]))
  return {number, byte, text}
end)
redis.register_function('message', function(keys, args)
  redis.call('SET', keys[1], cmsgpack.pack(args))
  return cmsgpack.unpack(redis.call('GET', keys[1]))
end)
redis.register_function('mix', function(_, args)
  return bit.bxor(bit.lshift(tonumber(args[1]), 3), bit.band(tonumber(args[2]), 0xff))
end)

--> FCALL pack 1 k 258 7 text
--> FCALL unpacked 1 k
--> GET k
--> FCALL message 1 m a b 3
--> GET m
--> FCALL mix 0 5 1023
--> FCALL mix 0 -1 255
--> FCALL unpacked 1 nothing
