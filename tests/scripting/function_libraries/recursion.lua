#!lua name=recursion
local function factorial(n)
  if n <= 1 then return 1 end
  return n * factorial(n - 1)
end

local function even(n, odd)
  if n == 0 then return true end
  return odd(n - 1, even)
end
local function odd(n)
  if n == 0 then return false end
  return even(n - 1, odd)
end

local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end

redis.register_function{function_name = 'factorial', flags = {'no-writes'}, callback = function(_, args) return factorial(tonumber(args[1])) end}
redis.register_function{function_name = 'is_even', flags = {'no-writes'}, callback = function(_, args) return even(tonumber(args[1]), odd) end}
redis.register_function{function_name = 'ackermann', flags = {'no-writes'}, callback = function(_, args) return ackermann(tonumber(args[1]), tonumber(args[2])) end}
redis.register_function{function_name = 'bottomless', flags = {'no-writes'}, callback = function()
  local function fall(n) return 1 + fall(n + 1) end
  return fall(0)
end}
redis.register_function{function_name = 'nested', flags = {'no-writes'}, callback = function(_, args)
  local nest = {}
  for _ = 1, tonumber(args[1]) do nest = {nest} end
  return nest
end}

--> FCALL factorial 0 10
--> FCALL_RO factorial 0 0
--> FCALL is_even 0 1000
--> FCALL is_even 0 999
--> FCALL ackermann 0 2 3
--> FCALL bottomless 0
--> FCALL nested 0 7
--> FCALL factorial 0
