#!lua name=flags_of_all_kinds
local function described(name, flags, callback)
  redis.register_function{function_name = name, flags = flags, callback = callback, description = 'with ' .. #flags .. ' flags'}
end

local function put(keys) return redis.call('SET', keys[1], 'v') end
local function get(keys) return redis.call('GET', keys[1]) end

described('put_plain', {}, put)
described('put_without_writes', {'no-writes'}, put)
described('put_when_full', {'allow-oom'}, put)
described('put_when_stale', {'allow-stale'}, put)
described('put_anywhere', {'no-cluster', 'allow-cross-slot-keys'}, put)
described('get_plain', {}, get)
described('get_without_writes', {'no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'}, get)

--> FCALL put_plain 1 k
--> FCALL put_without_writes 1 k
--> FCALL put_when_full 1 k
--> FCALL put_when_stale 1 k
--> FCALL put_anywhere 1 k
--> FCALL get_plain 1 k
--> FCALL get_without_writes 1 k
--> FCALL_RO put_plain 1 k
--> FCALL_RO put_without_writes 1 k
--> FCALL_RO put_when_full 1 k
--> FCALL_RO put_when_stale 1 k
--> FCALL_RO get_plain 1 k
--> FCALL_RO get_without_writes 1 k
