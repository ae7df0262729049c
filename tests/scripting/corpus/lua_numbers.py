"""Numbers: how they are printed, what is read as one, and the functions of `math`."""

from scripting.corpus.script import text_of

LUA_NUMBERS = [
    text_of(
        "numbers are printed with 14 digits",
        r"""
        10/2
        1/3
        1e15
        1e14
        123456789012345
        2^53
        -0
        0.1 + 0.2
        100
        1e-5
        5 % 3
        -5 % 3
        5.5 % 2
        2^0.5
        7/2*2
        """,
    ),
    text_of(
        "numbers that are none",
        r"""
        1/0
        -1/0
        0/0 == 0/0
        math.huge
        -math.huge
        1/0 > 1e308
        """,
    ),
    text_of(
        "words become numbers",
        r"""
        tonumber('10')
        tonumber(' 10 ')
        tonumber('0x1F')
        tonumber('1e2')
        tonumber('')
        tonumber('x')
        tonumber('10x')
        tonumber('1 2')
        tonumber(nil)
        tonumber()
        tonumber({})
        tonumber(true)
        tonumber('-5')
        tonumber('+5')
        tonumber('.5')
        tonumber('5.')
        tonumber('0x')
        tonumber('1e')
        """,
    ),
    text_of(
        "words that C takes for numbers",
        r"""
        tonumber('inf')
        tonumber('nan') ~= nil
        tonumber('-inf')
        tonumber('infinity')
        tonumber('0x1p4')
        tonumber('1_0')
        tonumber('\0')
        tonumber('1\0')
        """,
    ),
    text_of(
        "words of another base",
        r"""
        tonumber('ff', 16)
        tonumber('777', 8)
        tonumber('zz', 36)
        tonumber('12', 2)
        tonumber('1', 99)
        tonumber('1', 1)
        tonumber('-ff', 16)
        tonumber('8', 8)
        tonumber(10, 16)
        tonumber('1.5', 10)
        tonumber('', 16)
        tonumber(' 11 ', 2)
        tonumber('7fffffffffffffff', 16)
        """,
    ),
    text_of(
        "words and numbers mix",
        r"""
        '10' + 5
        '3' * '4'
        10 .. 20
        '0x10' + 0
        ' 5 ' + 1
        -'2'
        'abc' + 1
        1 .. ''
        2^31 .. ''
        1.5 .. '|' .. -1
        '10' == 10
        '2' < '10'
        """,
    ),
    text_of(
        "functions of numbers",
        r"""
        math.floor(-3.5)
        math.ceil(3.2)
        math.abs(-7)
        math.max(1, 5, 3)
        math.min(4, 2)
        math.max()
        math.sqrt(16)
        math.pi
        math.fmod(-5, 3)
        math.mod(7, 3)
        math.modf(3.7)
        math.modf(-3.7)
        math.frexp(8)
        math.ldexp(0.5, 4)
        math.pow(2, 10)
        math.log(1)
        math.log10(1000)
        math.log(8, 2)
        math.exp(0)
        math.deg(math.pi)
        math.rad(180)
        math.floor('3.7')
        math.floor({})
        math.floor()
        math.sin(0)
        math.atan2(1, 1)
        math.cosh(0)
        math.tanh(0)
        """,
    ),
    text_of(
        "random numbers within bounds",
        r"""
        math.random(1)
        math.random(0)
        math.random(3, 2)
        math.random(1, 2, 3)
        math.random('x')
        """,
    ),
]
