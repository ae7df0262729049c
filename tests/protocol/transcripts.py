"""What clients send, and the commands in it: shared by the tests of the parser, the lanes and the oracle."""

COMMANDS = [
    (b"*1\r\n$4\r\nPING\r\n", [[b"PING"]]),
    (b"*2\r\n$3\r\nGET\r\n$0\r\n\r\n", [[b"GET", b""]]),
    (b"*3\r\n$3\r\nSET\r\n$4\r\n\r\n*1\r\n$2\r\n\0\xff\r\n", [[b"SET", b"\r\n*1", b"\0\xff"]]),
    (b"*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\na\r\n", [[b"PING"], [b"ECHO", b"a"]]),
    (b"*2\r\n$4\r\nECHO\r\n$1500\r\n%b\r\n" % (b"x" * 1500), [[b"ECHO", b"x" * 1500]]),
    (b"*21\r\n$4\r\nMGET\r\n" + b"$1\r\na\r\n" * 20, [[b"MGET"] + [b"a"] * 20]),
    (b"PING\r\n", [[b"PING"]]),
    (b"PING\n", [[b"PING"]]),
    (b"  set 'a b'\t\"\\x41\"\r\n", [[b"set", b"a b", b"A"]]),
    (b"\r\n\n  \r\n", []),
    (b"*0\r\n", []),
    (b"*-1\r\n", []),
    (b"*-5\r\n*1\r\n$4\r\nPING\r\n", [[b"PING"]]),
    (b"POST / HTTP/1.1\r\nHost: a\r\n", [[b"POST", b"/", b"HTTP/1.1"], [b"Host:", b"a"]]),
    # Redis searches the CR only, and skips the byte after it and those after a bulk string unread.
    (b"*1\rX$4\rYPINGZZ", [[b"PING"]]),
    (b"*2\r\n$3\r\nGET\r\n$1\r\na**PING\r\n", [[b"GET", b"a"], [b"PING"]]),
    # The lanes must not be fooled by what hiredis accepts.
    (b"$4\r\nPING\r\n", [[b"$4"], [b"PING"]]),
    (b"+PING\r\n:1\r\n_\r\n#t\r\n", [[b"+PING"], [b":1"], [b"_"], [b"#t"]]),
    (b">1\r\n%1\r\n~1\r\n|1\r\n", [[b">1"], [b"%1"], [b"~1"], [b"|1"]]),
    (b"*1\r\n$4\r\nPING\r\n~99999999\r\n", [[b"PING"], [b"~99999999"]]),
]

UNFINISHED = [
    b"*",
    b"*1\r",
    b"*2147483647\r\n",
    b"*99999\r\n$4\r\nPING\r\n",
    b"*1\r\n",
    b"*1\r\n$",
    b"*1\r\n$4\r\nPING\r",
    b"*1\r\n$536870912\r\nx",
    b"PING",
    # A NUL hides the rest of its line, the end included.
    b"PI\0NG\r\n",
    b"*1\0\r\n$4\r\nPING\r\n",
    b"*1\r\n\0$4\r\nPING\r\n",
]

ERRORS = [
    (b"*a\r\n", b"invalid multibulk length"),
    (b"*+1\r\n", b"invalid multibulk length"),
    (b"* 1\r\n", b"invalid multibulk length"),
    (b"*01\r\n", b"invalid multibulk length"),
    (b"*-0\r\n", b"invalid multibulk length"),
    (b"*\r\n", b"invalid multibulk length"),
    (b"*2147483648\r\n", b"invalid multibulk length"),
    (b"*99999999999999999999\r\n", b"invalid multibulk length"),
    (b"*1\r\n$a\r\n", b"invalid bulk length"),
    (b"*1\r\n$-1\r\n", b"invalid bulk length"),
    (b"*1\r\n$+1\r\n", b"invalid bulk length"),
    (b"*1\r\n$1_0\r\n", b"invalid bulk length"),
    (b"*1\r\n$01\r\n", b"invalid bulk length"),
    (b"*1\r\n$\r\n", b"invalid bulk length"),
    (b"*1\r\n$536870913\r\n", b"invalid bulk length"),
    (b"*1\r\n$99999999999999999999\r\n", b"invalid bulk length"),
    (b"*1\r\n:1\r\n", b"expected '$', got ':'"),
    (b"*1\r\n*1\r\n", b"expected '$', got '*'"),
    (b"*1\r\n+OK\r\n", b"expected '$', got '+'"),
    (b"*1\r\n\r\n", b"expected '$', got ' '"),
    (b"*1\r\n\n\r\n", b"expected '$', got ' '"),
    (b"*1\r\n\xff\r\n", b"expected '$', got '\xff'"),
    (b'SET "a\r\n', b"unbalanced quotes in request"),
    (b"SET 'a'b\r\n", b"unbalanced quotes in request"),
    (b"x" * 65537, b"too big inline request"),
    (b"x\0\n" + b"x" * 65534, b"too big inline request"),
    (b"*" + b"1" * 65536, b"too big mbulk count string"),
    (b"*1\r\n$" + b"1" * 65536, b"too big bulk count string"),
    (b"*1\r\n" + b"x" * 65537, b"too big bulk count string"),
]
"""A request and the text after ``Protocol error: ``."""

UNAUTHENTICATED_ERRORS = [
    (b"*11\r\n", b"unauthenticated multibulk length"),
    (b"*1\r\n$16385\r\n", b"unauthenticated bulk length"),
    (b"*2\r\n$4\r\nAUTH\r\n$16385\r\n", b"unauthenticated bulk length"),
]
