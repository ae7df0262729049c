#!lua name=strings
local function split(text, separator)
  local words = {}
  for word in (text .. separator):gmatch('(.-)' .. separator:gsub('%p', '%%%0')) do words[#words + 1] = word end
  return words
end

redis.register_function('split', function(_, args) return split(args[1], args[2] or ',') end)
redis.register_function('title', function(_, args)
  return (args[1]:gsub('(%a)(%w*)', function(first, rest) return first:upper() .. rest:lower() end))
end)
redis.register_function('reverse_words', function(_, args)
  local words = split(args[1], '-')
  for place = 1, math.floor(#words / 2) do
    words[place], words[#words - place + 1] = words[#words - place + 1], words[place]
  end
  return table.concat(words, '-')
end)
redis.register_function('dashes', function(_, args) return ('-'):rep(tonumber(args[1])) end)

--> FCALL split 0 a,b,,c
--> FCALL split 0 a.b.c .
--> FCALL title 0 heLLo
--> FCALL reverse_words 0 one-two-three
--> FCALL dashes 0 5
--> FCALL dashes 0 0
--> FCALL dashes 0 -1
--> FCALL title 0
