-- The value of JSON's null: a light userdata, as in Redis, which only `debug` can make in Lua.
--
-- It is the identity of a variable that nobody has, never an address that anything reads.

local nothing

local null = debug.upvalueid(function() return nothing end, 1)

-- All light userdata share this, but there is no other.
debug.setmetatable(null, { __tostring = function() return "userdata: (nil)" end, __metatable = false })

return null
