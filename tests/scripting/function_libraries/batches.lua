#!lua name=batches
-- Many commands in one call; what fails is told, and the rest goes on.
redis.register_function('each', function(_, args)
  local told, command = {}, {}
  local function run()
    local reply = redis.pcall(unpack(command))
    if type(reply) == 'table' and reply.err then reply = 'failed: ' .. reply.err end
    if type(reply) == 'table' and reply.ok then reply = reply.ok end
    told[#told + 1] = reply
    command = {}
  end
  for _, word in ipairs(args) do
    if word == ';' then run() else command[#command + 1] = word end
  end
  if #command > 0 then run() end
  return told
end)

redis.register_function('copy_all', function(keys, args)
  local copied = 0
  for _, key in ipairs(keys) do
    copied = copied + redis.call('COPY', key, args[1] .. key, 'REPLACE')
  end
  return copied
end)

--> FCALL each 0 SET a 1 ; INCR a ; LPUSH a x ; GET a
--> FCALL each 0 NOPE ; GET ; ECHO hello ; EVAL x 0
--> FCALL each 0 RPUSH l a b c ; LRANGE l 0 -1 ; TYPE l
--> FCALL each 0 ;
--> FCALL each 0
--> FCALL copy_all 3 a l nothing copy:
--> GET copy:a
--> FCALL copy_all 1 a
