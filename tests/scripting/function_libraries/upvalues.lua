#!lua name=upvalues
-- What a library remembers between calls.
local calls, seen = 0, {}

local function remember(word)
  calls = calls + 1
  if word then
    seen[word] = (seen[word] or 0) + 1
    return seen[word]
  end
  return calls
end

redis.register_function('remember', function(_, args) return remember(args[1]) end)
redis.register_function('calls', function() return calls end)
redis.register_function('forget', function() calls, seen = 0, {} return calls end)

--> FCALL calls 0
--> FCALL remember 0
--> FCALL remember 0 x
--> FCALL remember 0 x
--> FCALL remember 0 y
--> FCALL calls 0
--> FCALL forget 0
--> FCALL calls 0
--> FCALL remember 0 x
