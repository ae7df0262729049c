"""CLIENT: what connections there are, and what is to become of them (Redis documentation: CLIENT)."""

from collections.abc import Callable, Iterable
from typing import Final

from trioredis import errors
from trioredis.engine.arguments import to_integer, to_integer_between
from trioredis.engine.authentication import DEFAULT_USER
from trioredis.engine.client_listing import TYPES, listing, may_be_listed, type_of
from trioredis.engine.clients import Client, Kind, Unusual
from trioredis.engine.command import ADMIN, ALLOW_BUSY, BLOCKING, LOADING, NOSCRIPT, STALE, container
from trioredis.engine.context import Context
from trioredis.engine.documentation import help_lines
from trioredis.engine.lifecycle import kill
from trioredis.errors import CommandError, QuotingError
from trioredis.numerals import INT64_MAX
from trioredis.protocol.replies import NO_REPLY, OK, Error, Reply, Verbatim

Filter = Callable[[Client], bool]

_ON_OFF: Final = {b"on": True, b"off": False}
_YES_NO: Final = {b"yes": True, b"no": False}
_ONLY_WRITES: Final = {b"write": True, b"all": False}
_WITH_ERROR: Final = {b"error": True, b"timeout": False}

client = container("CLIENT", group="connection", since="2.4.0")


@client.subcommand("GETNAME", arity=2, flags=NOSCRIPT | LOADING | STALE, since="2.6.9", complexity="O(1)")
def client_getname(ctx: Context) -> Reply:
    """Return the name of the connection."""
    return ctx.client.name or None


@client.subcommand("HELP", arity=2, flags=LOADING | STALE, since="5.0.0", complexity="O(1)")
def client_help(ctx: Context) -> Reply:
    """Show how to call the CLIENT commands."""
    return help_lines(client)


@client.subcommand("ID", arity=2, flags=NOSCRIPT | LOADING | STALE, since="5.0.0", complexity="O(1)")
def client_id(ctx: Context) -> Reply:
    """Return the number of the connection."""
    return ctx.client.id


@client.subcommand(
    "INFO",
    arity=2,
    flags=NOSCRIPT | LOADING | STALE,
    since="6.2.0",
    complexity="O(1)",
    tips="nondeterministic_output",
)
def client_info(ctx: Context) -> Reply:
    """Describe the connection."""
    return _described([ctx.client])


@client.subcommand(
    "KILL",
    arity=-3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.4.0",
    complexity="O(N) for N clients",
    args=(
        'filter=("ip:port"!2.8.12 | new-format=([ID client-id:integer]@2.8.12 | '
        "[TYPE normal_master_slave_pubsub=(NORMAL | MASTER@3.2.0 | SLAVE | REPLICA@5.0.0 | PUBSUB)]@2.8.12 | "
        '[USER username] | [ADDR "ip:port"] | [LADDR "ip:port"]@6.2.0 | [SKIPME yes/no])...)'
    ),
    history=(
        ("2.8.12", "Takes filters."),
        ("2.8.12", "Takes `ID`."),
        ("3.2.0", "`TYPE` knows `master`."),
        ("5.0.0", "`TYPE` knows `replica`, which is what `slave` is called now."),
        ("6.2.0", "Takes `LADDR`."),
    ),
)
def client_kill(ctx: Context, *arguments: bytes) -> Reply:
    """Close the connections that match the filters."""
    if len(arguments) > 1:
        skip_me, matches = _kill_filter(arguments)
        return _kill(ctx, lambda each: matches(each) and not (skip_me and each is ctx.client))
    if not _kill(ctx, _at(arguments[0])):
        raise CommandError(errors.NO_SUCH_CLIENT)
    return OK


@client.subcommand(
    "LIST",
    arity=-2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.4.0",
    complexity="O(N) for N clients",
    args="[TYPE (NORMAL | MASTER | REPLICA | PUBSUB)]@5.0.0 [ID id=(client-id:integer...)]@6.2.0",
    tips="nondeterministic_output",
    history=(
        ("2.8.12", "Shows `id`."),
        ("5.0.0", "Takes `TYPE`."),
        ("6.0.0", "Shows `user`."),
        ("6.2.0", "Shows `argv-mem`, `tot-mem`, `laddr` and `redir`, and takes `ID`."),
        ("7.0.0", "Shows `resp`, `multi-mem`, `rbs` and `rbp`."),
        ("7.0.3", "Shows `ssub`."),
    ),
)
def client_list(ctx: Context, *options: bytes) -> Reply:
    """Describe all connections, one on a line."""
    match options:
        case ():
            return _described(ctx.engine.clients)
        case (option, name) if option.lower() == b"type":
            matches = _of_type(name)
            return _described(each for each in ctx.engine.clients if matches(each))
        case (option, *numbers) if numbers and option.lower() == b"id":
            ids = [to_integer(number, errors.INVALID_CLIENT_ID) for number in numbers]
            return _described(each for each in map(ctx.engine.clients.get, ids) if each is not None)
    raise CommandError(errors.SYNTAX)


@client.subcommand(
    "NO-EVICT",
    arity=3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="7.0.0",
    complexity="O(1)",
    args="enabled=(ON | OFF)",
)
def client_no_evict(ctx: Context, enabled: bytes) -> Reply:
    """Exempt the connection from being closed when clients use too much memory."""
    is_on = _choice(_ON_OFF, enabled)
    ctx.client.kind = ctx.client.kind & ~Kind.NO_EVICT | (Kind.NO_EVICT if is_on else 0)
    return OK


@client.subcommand(
    "NO-TOUCH",
    arity=3,
    flags=NOSCRIPT | LOADING | STALE,
    since="7.2.0",
    complexity="O(1)",
    args="enabled=(ON | OFF)",
)
def client_no_touch(ctx: Context, enabled: bytes) -> Reply:
    """Let the connection's commands leave no trace in the access times of keys."""
    is_on = _choice(_ON_OFF, enabled)
    ctx.client.unusual = ctx.client.unusual & ~Unusual.NO_TOUCH | (Unusual.NO_TOUCH if is_on else 0)
    return OK


@client.subcommand(
    "PAUSE",
    arity=-3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="2.9.50",
    complexity="O(1)",
    args="timeout:integer [mode=(WRITE | ALL)]@6.2.0",
    history=(("6.2.0", "Takes `WRITE` and `ALL`."),),
)
def client_pause(ctx: Context, timeout: bytes, *mode: bytes) -> Reply:
    """Hold back the commands of all clients for some time."""
    if len(mode) > 1:
        raise QuotingError(errors.subcommand_syntax)
    only_writes = bool(mode) and _choice(_ONLY_WRITES, mode[0], errors.PAUSE_MODE)
    milliseconds = to_integer(timeout, errors.TIMEOUT_NOT_AN_INTEGER)
    if milliseconds < 0:
        raise CommandError(errors.TIMEOUT_NEGATIVE)
    if milliseconds > INT64_MAX - ctx.now:
        raise CommandError(errors.TIMEOUT_OUT_OF_RANGE)
    engine = ctx.engine
    engine.gate.close(engine.clock.monotonic + milliseconds / 1000, only_writes=only_writes)
    return OK


@client.subcommand(
    "REPLY",
    arity=3,
    flags=NOSCRIPT | LOADING | STALE,
    since="3.2.0",
    complexity="O(1)",
    args="(ON | OFF | SKIP)",
)
def client_reply(ctx: Context, mode: bytes) -> Reply:
    """Switch the replies to the connection on or off, or skip the next one."""
    match mode.lower():
        case b"on":
            ctx.client.unusual &= ~(Unusual.MUTED | Unusual.SKIPPED)
            return OK
        case b"off":
            ctx.client.unusual |= Unusual.MUTED
        case b"skip":
            ctx.client.unusual |= Unusual.SKIP_NEXT
        case _:
            raise CommandError(errors.SYNTAX)
    return NO_REPLY


@client.subcommand(
    "SETINFO",
    arity=4,
    flags=NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
    since="7.2.0",
    complexity="O(1)",
    args="attr=(LIB-NAME libname | LIB-VER libver)",
    tips="request_policy:all_nodes response_policy:all_succeeded",
)
def client_setinfo(ctx: Context, attribute: bytes, value: bytes) -> Reply:
    """Tell the name or the version of the client library."""
    name = attribute.lower()
    if name not in (b"lib-name", b"lib-ver"):
        raise CommandError(errors.unrecognized_option(attribute))
    if not may_be_listed(value):
        raise CommandError(errors.bad_client_attribute(attribute))
    if name == b"lib-name":
        ctx.client.library_name = value
    else:
        ctx.client.library_version = value
    return OK


@client.subcommand(
    "SETNAME",
    arity=3,
    flags=NOSCRIPT | LOADING | STALE,
    since="2.6.9",
    complexity="O(1)",
    args="connection-name",
)
def client_setname(ctx: Context, name: bytes) -> Reply:
    """Give the connection a name."""
    if not may_be_listed(name):
        raise CommandError(errors.CLIENT_NAME)
    ctx.client.name = name
    return OK


@client.subcommand(
    "UNBLOCK",
    arity=-3,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="5.0.0",
    complexity="O(log(N)) for N clients",
    args="client-id:integer [(TIMEOUT | ERROR)]",
)
def client_unblock(ctx: Context, number: bytes, *reason: bytes) -> Reply:
    """Let another client's blocking command end."""
    if len(reason) > 1:
        raise QuotingError(errors.subcommand_syntax)
    with_error = bool(reason) and _choice(_WITH_ERROR, reason[0], errors.UNBLOCK_REASON)
    other = ctx.engine.clients.get(to_integer(number))
    if other is None or other.gone or other.waiting is None or not _calls_blocking(other):
        return 0
    if with_error:
        other.waiting.answer(Error(errors.UNBLOCKED))
    else:
        other.waiting.time_out()
    return 1


@client.subcommand(
    "UNPAUSE",
    arity=2,
    flags=ADMIN | NOSCRIPT | LOADING | STALE,
    since="6.2.0",
    complexity="O(N) for N paused clients",
)
def client_unpause(ctx: Context) -> Reply:
    """Let paused clients go on."""
    ctx.engine.gate.open()
    return OK


def _calls_blocking(other: Client) -> bool:
    """Whether a client waits for data or replicas: SHUTDOWN, which waits too, is nobody else's business."""
    last = other.last
    return last is not None and (last.command.flags & BLOCKING > 0 or last.command.name == b"wait")


def _choice(choices: dict[bytes, bool], word: bytes, error: bytes = errors.SYNTAX) -> bool:
    chosen = choices.get(word.lower())
    if chosen is None:
        raise CommandError(error)
    return chosen


def _described(clients: Iterable[Client]) -> Verbatim:
    return Verbatim(b"".join(listing(each) + b"\n" for each in clients))


def _kill(ctx: Context, matches: Filter) -> int:
    """End the clients that match, and return how many; the caller gets its reply first."""
    victims = [each for each in ctx.engine.clients if matches(each)]
    for each in victims:
        if each is ctx.client:
            ctx.engine.clients.close(each)
        else:
            kill(ctx.engine, each)
    return len(victims)


def _kill_filter(words: tuple[bytes, ...]) -> tuple[bool, Filter]:
    """Return whether to spare the caller, and whom to kill; of a filter that is given twice the last counts."""
    skip_me, filters = True, dict[bytes, Filter]()
    for name, *value in (words[at : at + 2] for at in range(0, len(words), 2)):
        name = name.lower()
        if name == b"skipme" and value:
            skip_me = _choice(_YES_NO, value[0])
        elif name in _FILTERS and value:
            filters[name] = _FILTERS[name](value[0])
        else:
            raise CommandError(errors.SYNTAX)
    return skip_me, lambda each: all(matches(each) for matches in filters.values())


def _with_id(text: bytes) -> Filter:
    number = to_integer_between(text, 1, INT64_MAX, errors.CLIENT_ID_NOT_POSITIVE)
    return lambda each: each.id == number


def _of_type(name: bytes) -> Filter:
    wanted = TYPES.get(name.lower())
    if wanted is None:
        raise CommandError(errors.unknown_client_type(name))
    return lambda each: type_of(each) == wanted


def _of_user(name: bytes) -> Filter:
    if name != DEFAULT_USER:
        raise CommandError(errors.no_such_user(name))
    return lambda each: each.user == name


def _at(address: bytes) -> Filter:
    return lambda each: each.address == address


def _through(local_address: bytes) -> Filter:
    return lambda each: each.local_address == local_address


_FILTERS: Final[dict[bytes, Callable[[bytes], Filter]]] = {
    b"id": _with_id,
    b"type": _of_type,
    b"user": _of_user,
    b"addr": _at,
    b"laddr": _through,
}
