#!lua name=statemachine
-- Orders go from one state to the next, and no other way.
local ALLOWED = {
  new = {paid = true, cancelled = true},
  paid = {shipped = true, refunded = true},
  shipped = {delivered = true},
}

local function state_of(key) return redis.call('HGET', key, 'state') or 'new' end

redis.register_function('advance', function(keys, args)
  local from, to = state_of(keys[1]), args[1]
  if not (ALLOWED[from] and ALLOWED[from][to]) then
    return redis.error_reply(string.format('TRANSITION %s -> %s', from, tostring(to)))
  end
  redis.call('HSET', keys[1], 'state', to)
  redis.call('RPUSH', keys[1] .. ':history', from .. '>' .. to)
  return {ok = to:upper()}
end)
redis.register_function{function_name = 'state', flags = {'no-writes'}, callback = function(keys) return state_of(keys[1]) end}

--> FCALL state 1 o
--> FCALL advance 1 o paid
--> FCALL advance 1 o delivered
--> FCALL advance 1 o shipped
--> FCALL advance 1 o delivered
--> FCALL advance 1 o new
--> FCALL_RO state 1 o
--> LRANGE o:history 0 -1
--> FCALL advance 1 o
