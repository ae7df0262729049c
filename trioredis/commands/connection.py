"""Connection commands (Redis documentation: Connection management); CLIENT has a module of its own."""

from collections import deque

from trioredis import errors
from trioredis.engine.arguments import INT32_MAX, INT32_MIN, to_integer, to_integer_between
from trioredis.engine.authentication import DEFAULT_USER, authenticate, require_authentication
from trioredis.engine.client_listing import may_be_listed
from trioredis.engine.clients import Kind, Unusual
from trioredis.engine.command import ALLOW_BUSY, FAST, LOADING, NO_AUTH, NOSCRIPT, STALE, command
from trioredis.engine.context import Context
from trioredis.engine.monitor import remove_monitor
from trioredis.engine.transactions import discard
from trioredis.errors import CommandError
from trioredis.protocol.replies import OK, PONG, RESET, Reply
from trioredis.versions import REDIS_VERSION


@command(
    "AUTH",
    arity=-2,
    flags=NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
    group="connection",
    since="1.0.0",
    complexity="O(N) for N passwords of the user",
    args="[username]@6.0.0 password",
    history=(("6.0.0", "Takes a user name besides the password."),),
)
def auth(ctx: Context, *credentials: bytes) -> Reply:
    """Authenticate the connection."""
    match credentials:
        case (password,):
            if not ctx.engine.config[b"requirepass"]:
                raise CommandError(errors.NO_PASSWORD_SET)
            user = DEFAULT_USER
        case (user, password):
            pass
        case _:
            raise CommandError(errors.SYNTAX)
    authenticate(ctx.engine.config, ctx.client, user, password)
    return OK


@command(
    "ECHO",
    arity=2,
    flags=LOADING | STALE | FAST,
    group="connection",
    since="1.0.0",
    complexity="O(1)",
    args="message",
)
def echo(ctx: Context, message: bytes) -> Reply:
    """Return the message."""
    return message


@command(
    "HELLO",
    arity=-1,
    flags=NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
    group="connection",
    since="6.0.0",
    complexity="O(1)",
    args="[arguments=(protover:integer [AUTH (username password)] [SETNAME clientname])]",
    history=(("6.2.0", "`protover` may be left out; without arguments it describes the connection."),),
)
def hello(ctx: Context, *arguments: bytes) -> Reply:
    """Switch the protocol version, authenticate and name the connection, all in one."""
    client = ctx.client
    protocol = _protocol(arguments[0]) if arguments else client.protocol
    credentials, name = _hello_options(arguments[1:])
    if credentials is not None:
        authenticate(ctx.engine.config, client, *credentials)
    if client.unusual & Unusual.UNAUTHENTICATED:
        raise CommandError(errors.HELLO_NOAUTH)
    if name is not None:
        client.name = name
    client.speak(protocol)
    return {
        b"server": b"redis",
        b"version": REDIS_VERSION,
        b"proto": protocol,
        b"id": client.id,
        b"mode": b"standalone",
        b"role": b"master",
        b"modules": [],
    }


@command(
    "PING",
    arity=-1,
    flags=FAST,
    group="connection",
    since="1.0.0",
    complexity="O(1)",
    args="[message]",
    tips="request_policy:all_shards response_policy:all_succeeded",
)
def ping(ctx: Context, *message: bytes) -> Reply:
    """Answer PONG, or the message."""
    if len(message) > 1:
        raise CommandError(errors.wrong_arity(b"ping"))
    if ctx.client.unusual & Unusual.SUBSCRIBED and ctx.client.protocol == 2:
        return [b"pong", *(message or (b"",))]
    return message[0] if message else PONG


@command(
    "QUIT",
    arity=-1,
    flags=NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
    group="connection",
    since="1.0.0",
    complexity="O(1)",
    deprecated_since="7.2.0",
    replaced_by="closing the connection",
)
def quit_(ctx: Context, *_: bytes) -> Reply:
    """Close the connection."""
    ctx.engine.clients.close(ctx.client)
    return OK


@command(
    "RESET",
    arity=1,
    flags=NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
    group="connection",
    since="6.2.0",
    complexity="O(1)",
)
def reset(ctx: Context) -> Reply:
    """Bring the connection back to the state of a new one."""
    engine, client = ctx.engine, ctx.client
    discard(engine, client)
    engine.pubsub.forget(client)
    engine.tracking.stop(client)
    remove_monitor(engine, client)
    ctx.db = engine.keyspace[0]
    client.speak(2)
    client.name, client.user = b"", DEFAULT_USER
    client.unusual &= ~(Unusual.MUTED | Unusual.SKIP_NEXT | Unusual.NO_TOUCH)
    client.kind &= ~Kind.NO_EVICT
    require_authentication(engine.config, client)
    return RESET


@command(
    "SELECT",
    arity=2,
    flags=LOADING | STALE | FAST,
    group="connection",
    since="1.0.0",
    complexity="O(1)",
    args="index:integer",
)
def select(ctx: Context, index: bytes) -> Reply:
    """Choose the database of the connection."""
    ctx.db = ctx.database(to_integer_between(index, INT32_MIN, INT32_MAX))
    return OK


def _protocol(version: bytes) -> int:
    number = to_integer(version, errors.PROTOCOL_NOT_AN_INTEGER)
    if number not in (2, 3):
        raise CommandError(errors.NOPROTO)
    return number


def _hello_options(options: tuple[bytes, ...]) -> tuple[tuple[bytes, bytes] | None, bytes | None]:
    """Return user and password, and the name; each None if it is not given, the last one if given twice."""
    credentials, name = None, None
    words = deque(options)
    while words:
        word = words.popleft()
        match word.lower():
            case b"auth" if len(words) >= 2:
                credentials = words.popleft(), words.popleft()
            case b"setname" if words and may_be_listed(words[0]):
                name = words.popleft()
            case b"setname" if words:
                raise CommandError(errors.CLIENT_NAME)
            case _:
                raise CommandError(errors.hello_option(word))
    return credentials, name
