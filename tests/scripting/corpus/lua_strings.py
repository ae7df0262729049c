"""Strings: parts, patterns, formats, and what is none of these."""

from scripting.corpus.script import text_of

LUA_STRINGS = [
    text_of(
        "parts of strings",
        r"""
        ('hello'):sub(2, 3)
        ('hello'):sub(-3)
        ('hello'):sub(2)
        ('hello'):sub(0)
        ('hello'):sub(10)
        ('hello'):sub(3, 2)
        ('hello'):upper()
        ('HeLLo'):lower()
        ('abc'):reverse()
        ('abc'):len()
        #'a\0b'
        ('ab'):rep(3)
        ('ab'):rep(0)
        ('ab'):rep(-1)
        ('abc'):byte(1, -1)
        ('abc'):byte(10)
        string.char(72, 105)
        string.char()
        """,
    ),
    text_of(
        "strings found",
        r"""
        ('hello world'):find('wor')
        ('hello'):find('l')
        ('hello'):find('xyz')
        ('a.b'):find('.', 1, true)
        ('hello'):find('')
        ('hello'):find('l', -2)
        ('key=val'):match('(%w+)=(%w+)')
        ('2024-01-02'):match('(%d+)-(%d+)-(%d+)')
        ('  x  '):match('^%s*(.-)%s*$')
        ('abc'):match('()b()')
        ('[[x]]'):match('%[%[(.-)%]%]')
        ('f(a(b)c)d'):match('%b()')
        ('THE (quick) fox'):find('%((%a+)%)')
        ('hello'):match('.', -1)
        ('hello'):match('h', 2)
        """,
    ),
    text_of(
        "strings replaced",
        r"""
        ('hello'):gsub('l', 'L')
        ('hello'):gsub('l', 'L', 1)
        ('hello'):gsub('', '-')
        ('abc'):gsub('%w', '%0%0')
        ('hello world'):gsub('(%w+)', '<%1>')
        ('$name is $age'):gsub('%$(%w+)', {name = 'Ada', age = 36})
        ('abc'):gsub('%w', function(c) if c == 'b' then return 'B' end end)
        ('abc'):gsub('b', '%9')
        ('abc'):gsub('(b)', '%2')
        ('abc'):gsub('b', {b = false})
        ('abc'):gsub('b', function() return {} end)
        ('a,b,c'):gsub(',', ';')
        ('abc'):gsub('.', {a = 1, b = true})
        ('x'):gsub('x', '%%')
        """,
    ),
    text_of(
        "patterns that are none",
        r"""
        ('x'):find('[a')
        ('x'):find('%')
        ('x'):find('(')
        ('x'):find(')')
        ('x'):find('%f')
        ('x'):match('(()')
        ('x'):gsub('(', '')
        ('x'):find('[%a')
        ('x'):find('[]')
        ('x'):find('[^]')
        ('x'):rep()
        string.rep()
        ('x'):find()
        ('x'):find(nil)
        ('x'):gsub('x')
        """,
    ),
    text_of(
        "classes of characters",
        r"""
        ('a1 _-'):gsub('%a', 'A')
        ('a1 _-'):gsub('%d', 'D')
        ('a1 _-'):gsub('%p', 'P')
        ('a1 _-'):gsub('%s', 'S')
        ('a1 _-'):gsub('%W', 'W')
        ('aB'):gsub('%u', 'U')
        ('aB'):gsub('%l', 'L')
        ('0x1f'):match('%x+$')
        ('a\0b'):gsub('%z', 'Z')
        ('a\0b'):find('\0')
        ('a\0b'):match('[%z]')
        ('THE END'):gsub('%f[%w]%w+', 'w')
        ('a-b'):match('[a-]+')
        ('a^b'):match('[%^]')
        ('abc'):match('[^a]+')
        ('x]y'):match('[]]')
        ('ä'):len()
        ('\195'):match('%a')
        ('a\1b'):gsub('%c', 'C')
        """,
    ),
    text_of(
        "words one by one",
        r"""
        (function() local t = {} for w in ('one two three'):gmatch('%a+') do t[#t + 1] = w end return table.concat(t, '|') end)()
        (function() local t = {} for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t + 1] = k .. v end return table.concat(t, '|') end)()
        (function() local t = {} for w in string.gfind('a b', '%a') do t[#t + 1] = w end return table.concat(t, '|') end)()
        (function() local n = 0 for _ in ('aaa'):gmatch('') do n = n + 1 end return n end)()
        (function() for w in ('a'):gmatch('^a') do return w end return 'none' end)()
        """,
    ),
    text_of(
        "numbers formatted",
        r"""
        ('%d'):format(5)
        ('%d'):format(5.7)
        ('%d'):format(-5.7)
        ('%d'):format('12')
        ('%d'):format('x')
        ('%d'):format(2^53)
        ('%5d|%-5d|%05d'):format(1, 2, 3)
        ('%+d'):format(5)
        ('%i'):format(3)
        ('%u'):format(3)
        ('%x %X %o'):format(255, 255, 8)
        ('%#x'):format(255)
        ('%c%c'):format(72, 105)
        ('%f'):format(1.5)
        ('%.2f'):format(1/3)
        ('%10.3f|'):format(math.pi)
        ('%e'):format(12345.678)
        ('%g %g %g'):format(1, 1e20, 0.1)
        ('%.14g'):format(0.1)
        ('%.17g'):format(0.1)
        ('%.3d'):format(5)
        ('%d'):format(1e15)
        ('%x'):format(-1)
        ('%5.1f'):format(-0.05)
        ('%g'):format(1/0)
        ('%d'):format(1/0)
        ('%a'):format(1)
        """,
    ),
    text_of(
        "text formatted",
        r"""
        ('%s'):format('x')
        ('%s %s'):format(1, 2.5)
        ('%10s|%-10s|'):format('a', 'b')
        ('%.2s'):format('abc')
        ('%q'):format('a\n"\\\0')
        ('%%'):format()
        ('%s'):format()
        ('%s'):format(nil)
        ('%s'):format(true)
        ('%s'):format({})
        ('%y'):format(1)
        ('%'):format()
        ('%123d'):format(1)
        ('%s'):format('a\0b')
        ('%-5s|'):format(12)
        ('%q'):format(5)
        ('%d'):format()
        ('%5c|'):format(65)
        """,
    ),
]
