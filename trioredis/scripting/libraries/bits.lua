-- Numbers as the machine keeps them: doubles, floats and 64-bit integers as words of 32 bits.
--
-- A Lua number is a double, and arithmetic on integers below 2^53 is exact, so every word is taken from a
-- number, and put back, by multiplying with powers of two. What C leaves undefined (an integer made of a
-- number that does not fit) is what an x86-64 processor makes of it, which is what scripts have seen so
-- far.

local byte, char = string.byte, string.char
local floor, ceil, frexp, ldexp, huge = math.floor, math.ceil, math.frexp, math.ldexp, math.huge
local tostring = tostring

local bits = {}

local WORD = 2 ^ 32
local SIGN = 2 ^ 31

-- The sign of a number that is not one can only be seen in print.
local function is_negative(x)
  if x ~= x then
    return byte(tostring(x)) == 45
  end
  return x < 0 or (x == 0 and 1 / x < 0)
end

local NAN = 0 / 0
NAN = is_negative(NAN) and -NAN or NAN
bits.NAN = NAN

-- The sign bit, and the word of what has no mantissa: `infinity`, with `quiet` the one that is no number, or zero.
local function special(x, infinity, quiet)
  local sign = is_negative(x) and SIGN or 0
  if x ~= x then
    return sign, sign + infinity + quiet
  elseif x == huge or x == -huge then
    return sign, sign + infinity
  elseif x == 0 then
    return sign, sign
  end
  return sign, nil
end

-- What a sign, an exponent of the form that ends at `highest` and a mantissa of so many bits stand for.
local function assembled(negative, exponent, highest, mantissa, size)
  local x
  if exponent == highest then
    x = mantissa == 0 and huge or NAN
  elseif exponent == 0 then
    x = ldexp(mantissa, 1 - floor(highest / 2) - size)
  else
    x = ldexp(mantissa + 2 ^ size, exponent - floor(highest / 2) - size)
  end
  return negative and -x or x
end

-- The upper and the lower word of a double.
function bits.of_double(x)
  local sign, word = special(x, 0x7ff00000, 0x00080000)
  if word then
    return word, 0
  end
  x = x < 0 and -x or x
  local mantissa, exponent = frexp(x)
  exponent = exponent + 1022
  if exponent <= 0 then
    mantissa, exponent = ldexp(x, 537) * 2 ^ 537, 0
  else
    mantissa = (mantissa * 2 - 1) * 2 ^ 52
  end
  return sign + exponent * 2 ^ 20 + floor(mantissa / WORD), mantissa % WORD
end

function bits.to_double(high, low)
  local rest = high % SIGN
  return assembled(high >= SIGN, floor(rest / 2 ^ 20), 2047, rest % 2 ^ 20 * WORD + low, 52)
end

local function rounded(x)
  local whole = floor(x)
  local rest = x - whole
  if rest > 0.5 or (rest == 0.5 and whole % 2 == 1) then
    whole = whole + 1
  end
  return whole
end

-- The word of a float, rounded to the nearest one, of two as near to the even one.
function bits.of_float(x)
  local sign, word = special(x, 0x7f800000, 0x00400000)
  if word then
    return word
  end
  x = x < 0 and -x or x
  local mantissa, exponent = frexp(x)
  exponent = exponent + 126
  if exponent > 254 then
    return sign + 0x7f800000
  elseif exponent <= 0 then
    return sign + rounded(ldexp(x, 149))
  end
  -- A mantissa that is rounded up to 2^24 carries over into the exponent, as it should.
  return sign + exponent * 2 ^ 23 + rounded(mantissa * 2 ^ 24) - 2 ^ 23
end

function bits.to_float(word)
  local rest = word % SIGN
  return assembled(word >= SIGN, floor(rest / 2 ^ 23), 255, rest % 2 ^ 23, 23)
end

-- The two words of a 64-bit integer, signed below zero and unsigned above.
function bits.of_integer(x)
  if x >= 2 ^ 64 then
    return 0, 0
  elseif x ~= x or x < -2 ^ 63 then
    return SIGN, 0
  end
  x = x < 0 and ceil(x) or floor(x)
  local high = floor(x / WORD)
  -- Not x % WORD: of a small negative number that is the same, of a large one it is not exact.
  return high % WORD, x - high * WORD
end

function bits.to_unsigned(high, low)
  return high * WORD + low
end

-- Of the words of an integer those bits count that are below its sign, which is bit 63 unless another one
-- is named; if that bit is set, or any above it, the integer is negative.
function bits.to_signed(high, low, sign)
  sign = sign or 63
  if sign < 32 then
    local limit = 2 ^ sign
    return (high == 0 and low < limit) and low or low % limit - limit
  end
  local limit = 2 ^ (sign - 32)
  return (high < limit and high or high % limit - limit) * WORD + low
end

-- A word as four bytes, the most significant one first; and back.
function bits.bytes(word)
  return char(floor(word / 2 ^ 24), floor(word / 2 ^ 16) % 256, floor(word / 256) % 256, word % 256)
end

function bits.word(data, position)
  local a, b, c, d = byte(data, position, position + 3)
  return a * 2 ^ 24 + b * 2 ^ 16 + c * 256 + d
end

return bits
